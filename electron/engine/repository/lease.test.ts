import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { Failure } from '../../../shared/failure.ts'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import { reportPlanted } from '../proof/rows.ts'
import type { MemoryStore } from '../store/memory.ts'
import { deadAfterMs } from './beats.ts'
import { fromHex } from './format/bytes.ts'
import { entryName, openEntry } from './format/entry.ts'
import { deriveKeys } from './format/key.ts'
import { diskOf, packsIn, packsSettled, viewOf, worldOf } from './lease-rig.ts'
import { Ledger } from './ledger.ts'
import type { Plant } from './plant.ts'
import type { Repository } from './repository.ts'
import {
  contentOf,
  factsOf,
  machineId,
  makePoint,
  never,
  newRepository,
  noise,
  pointIdOf,
  reopen,
  type TestRepository,
  testChunkBytes,
} from './test-rig.ts'

let pool: ChunkPool
let template: TestRepository
let repositoryId: string

before(async () => {
  pool = startPool(1)
  template = await newRepository(pool)
  repositoryId = (await reopen(pool, template)).id
})
after(() => pool[Symbol.asyncDispose]())

const chunks = (count: number): number => count * testChunkBytes
const world = () => worldOf(pool, template)

const kindsOf = (store: MemoryStore): number =>
  [...store.objects.keys()].filter((name) => name.startsWith('ledger/')).length
async function beginDraft(repository: Repository, number: number, seed: number, count: number) {
  const draft = repository.beginPoint(pointIdOf(number), machineId)
  const disk = await draft.addDisk({ name: 'vda', sizeBytes: chunks(count), base: undefined }, never)
  await disk.write(0, Uint8Array.from(noise(seed, chunks(count))), never)
  return { draft, commit: () => draft.commit(factsOf(number, [{ name: 'vda', sizeBytes: chunks(count) }]), never) }
}

test('backups one after the other share a lease, and closing the repository gives it back', async () => {
  const { store, open } = world()
  const repository = await open()
  const before = kindsOf(store)
  await makePoint(repository, 1, [diskOf(1, 4)])
  await makePoint(repository, 2, [diskOf(2, 4)])
  assert.equal(kindsOf(store), before + 3, 'a lease and two points')
  await repository[Symbol.asyncDispose]()
  assert.equal(kindsOf(store), before + 4)
  assert.deepEqual(await leasesIn(store), [])
})

test('a repository that is only read takes no lease and writes nothing', async () => {
  const { store, open } = world()
  await using repository = await open()
  await makePoint(repository, 1, [diskOf(1, 4)])
  const objects = [...store.objects.keys()]
  {
    await using reading = await open()
    await contentOf(reading, pointIdOf(1), 'vda')
    await reading.refresh(never)
  }
  assert.deepEqual([...store.objects.keys()], objects)
})

test('a lease that nothing needs for five minutes is given back, and the next backup takes another', async () => {
  const { store, open, pass } = world()
  await using repository = await open()
  await makePoint(repository, 1, [diskOf(1, 4)])
  const before = kindsOf(store)
  await pass(4 * 60_000)
  assert.equal(kindsOf(store), before)
  await pass(3 * 60_000)
  assert.equal(kindsOf(store), before + 1, 'the lease was released')
  await makePoint(repository, 2, [diskOf(2, 4)])
  assert.equal(kindsOf(store), before + 3)
})

test('a run that comes an hour later has a lease of its own, and the old one ends with those who had it', async () => {
  const { store, open, pass } = world()
  await using repository = await open()
  const long = await beginDraft(repository, 1, 1, 4)
  await pass(61 * 60_000)
  await makePoint(repository, 2, [diskOf(2, 4)])
  assert.equal((await leasesIn(store)).length, 2)
  await long.commit()
  await long.draft[Symbol.asyncDispose]()
  assert.equal((await leasesIn(store)).length, 1)
  assert.deepEqual(staleEntries(store), [])
})

test('a holder that lives beats, is not released by others, and leaves no beats behind', async () => {
  const { store, open, pass } = world()
  const beats = () => [...store.objects.keys()].filter((name) => name.startsWith('leases/'))
  const one = await open()
  await using _ = await beginDraft(one, 1, 1, 4).then(({ draft }) => draft)
  await pass(3 * deadAfterMs)
  assert.equal(beats().length, 1, 'the newest beat alone stays')
  await using other = await open()
  await makePoint(other, 2, [diskOf(2, 4)])
  assert.equal((await leasesIn(store)).length, 2)
  await _[Symbol.asyncDispose]()
  await one[Symbol.asyncDispose]()
  assert.deepEqual(beats(), [])
})

test('a dead holder is released by whoever writes next, with nobody asked, and what he stored is not stored again', async () => {
  const { store, open, pass, clock } = world()
  let isDead = false
  const dying = viewOf(store, clock.now, () => {
    if (isDead) throw new Failure('repository-unreachable', 'the engine died')
  })
  const one = await open({ store: dying })
  const { draft } = await beginDraft(one, 1, 1, 60)
  const stored = await packsSettled(store)
  isDead = true
  await draft[Symbol.asyncDispose]()
  await pass(deadAfterMs + 120_000)
  await using other = await open()
  await makePoint(other, 2, [diskOf(1, 60)])
  assert.equal((await leasesIn(store)).length, 1, 'its own')
  assert.ok(stored > 3, `${stored} packs were durable`)
  const again = packsIn(store).length
  const fresh = world()
  await using alone = await fresh.open()
  await makePoint(alone, 2, [diskOf(1, 60)])
  assert.ok(again <= packsIn(fresh.store).length + 1, `${again} packs instead of ${packsIn(fresh.store).length}`)
  assert.ok((await contentOf(await open(), pointIdOf(2), 'vda')).equals(noise(1, chunks(60))))
})

/** Who holds a lease, as anybody would read it. */
async function leasesIn(store: MemoryStore): Promise<readonly string[]> {
  const { state } = await ledgerOf(store)
  return [...state.leases.values()].map(({ holder }) => holder)
}

async function ledgerOf(store: MemoryStore): Promise<Ledger> {
  const id = fromHex(repositoryId)
  const ledger = new Ledger({ store, keys: deriveKeys(template.rootKey, id, 1), random: randomBytes })
  await ledger.advance(never)
  return ledger
}

/** Entries that were appended under a lease that was not there, or not any more. */
function staleEntries(store: MemoryStore): readonly string[] {
  const keys = deriveKeys(template.rootKey, fromHex(repositoryId), 1)
  const living = new Set<number>()
  const stale: string[] = []
  for (let number = 1; store.objects.has(entryName(number)); number++) {
    const entry = openEntry(keys, store.objects.get(entryName(number)) ?? new Uint8Array(), number)
    if (entry.kind === 'lease') living.add(entry.number)
    if ('fence' in entry && !living.has(Number(entry.fence))) stale.push(`${entry.kind} ${number}`)
    if (entry.kind === 'release') living.delete(entry.fence)
  }
  return stale
}

/** Gives up all packs in the name of somebody else who was right to do so, as far as the ledger told him. */
async function sweepPacks(store: MemoryStore, packs: readonly string[]): Promise<void> {
  const ledger = await ledgerOf(store)
  const [fence = 0] = [...ledger.state.leases.keys()]
  const objects = { packs: packs.map((path) => path.slice(-64)), indexes: [], manifests: [] }
  await ledger.append(
    async (number, previous) => ({ version: 1, number, previous, at: 0, kind: 'sweep', ...objects, fence }),
    async () => {},
    () => {},
    never,
  )
  for (const path of packs) store.objects.delete(path)
}

/** A draft whose lease somebody else has released meanwhile; with `doSweep` the packs that it stored are gone, too. */
async function overtaken(doSweep: boolean, plants: readonly Plant[]) {
  const { store, open, pass, clock } = world()
  let isSilent = false
  const silent = viewOf(store, clock.now, ({ name }) => {
    if (isSilent && name.startsWith('leases/')) throw new Failure('repository-unreachable', 'the network is down')
  })
  const one = await open({ store: silent, plants: new Set(plants) })
  const { draft, commit } = await beginDraft(one, 1, 1, 60)
  await packsSettled(store)
  const packs = packsIn(store)
  isSilent = true
  await pass(deadAfterMs + 120_000)
  await using other = await open({ holder: 'other' })
  await makePoint(other, 2, [diskOf(2, 4)])
  if (doSweep) await sweepPacks(store, packs)
  isSilent = false
  const outcome = await commit().catch((thrown: unknown) => thrown)
  await draft[Symbol.asyncDispose]()
  const again = await open()
  const found = again.points().some(({ id }) => id === pointIdOf(1))
  const content = found ? await contentOf(again, pointIdOf(1), 'vda').catch(() => undefined) : undefined
  return { outcome, found, isWhole: content?.equals(noise(1, chunks(60))) === true, stale: staleEntries(store) }
}

test('a writer that was taken for dead notices when it commits, takes a new lease, and its point is whole', async () => {
  const { outcome, isWhole, stale } = await overtaken(false, [])
  assert.ok(!(outcome instanceof Error), String(outcome))
  assert.deepEqual([isWhole, stale], [true, []])
})

test('the planted bug no-lease-check appends under a lease that was released', async () => {
  const { stale } = await overtaken(false, ['no-lease-check'])
  reportPlanted({ bug: 'no-lease-check', isCaught: stale.length > 0, suite: import.meta.url })
  assert.equal(stale.length, 1)
})

test('a point whose packs were swept while its writer was taken for dead does not come to be', async () => {
  const { outcome, found, stale } = await overtaken(true, [])
  assert.ok(outcome instanceof Failure && outcome.code === 'lease-lost', String(outcome))
  assert.deepEqual([found, stale], [false, []])
})

test('a draft whose base was swept away says that its lease was lost, not that the repository is damaged', async () => {
  const { store, open, pass, clock } = world()
  let isSilent = false
  const silent = viewOf(store, clock.now, ({ name }) => {
    if (isSilent && name.startsWith('leases/')) throw new Failure('repository-unreachable', 'the network is down')
  })
  const first = await open()
  await makePoint(first, 1, [diskOf(1, 60)])
  await first[Symbol.asyncDispose]()
  const one = await open({ store: silent })
  await using draft = one.beginPoint(pointIdOf(2), machineId)
  const disk = { name: 'vda', sizeBytes: chunks(60) }
  const target = await draft.addDisk({ ...disk, base: pointIdOf(1) }, never)
  await target.write(0, Uint8Array.from(noise(5, chunks(1))), never)
  isSilent = true
  const packs = packsIn(store)
  await pass(deadAfterMs + 120_000)
  await using other = await open({ holder: 'other' })
  await makePoint(other, 3, [diskOf(3, 4)])
  await sweepPacks(store, packs)
  isSilent = false
  await assert.rejects(draft.commit(factsOf(2, [disk]), never), { code: 'lease-lost' })
})

test('the planted bug no-recheck makes a point whose chunks are gone', async () => {
  const { found, isWhole } = await overtaken(true, ['no-recheck'])
  reportPlanted({ bug: 'no-recheck', isCaught: found && !isWhole, suite: import.meta.url })
  assert.deepEqual([found, isWhole], [true, false])
})

test('of two that sweep at once one is refused', async () => {
  const { open } = world()
  await using one = await open()
  await using other = await open()
  const options = { trashMs: 0, graceMs: 0, cycles: 0, wasteLimit: 1 }
  let second: unknown
  await makePoint(one, 1, [diskOf(1, 8)])
  await one.sweep(
    {
      ...options,
      async onRead() {
        second ??= await other.sweep({ ...options, onRead: () => {} }, never).catch((thrown: unknown) => thrown)
      },
    },
    never,
  )
  assert.ok(second instanceof Failure && second.code === 'repository-busy', String(second))
})
