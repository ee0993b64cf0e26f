import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Failure, isAbort } from '../../../shared/failure.ts'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import type { MemoryStore } from '../store/memory.ts'
import { footerBytes, recordsOf } from './format/pack.ts'
import { diskOf, idsIn, packsIn, packsSettled, viewOf, worldOf } from './lease-rig.ts'
import type { Repository } from './repository.ts'
import {
  contentOf,
  makePoint,
  newRepository,
  noise,
  pointIdOf,
  type TestRepository,
  testChunkBytes,
} from './test-rig.ts'

let pool: ChunkPool
let template: TestRepository

before(async () => {
  pool = startPool(1)
  template = await newRepository(pool)
})
after(() => pool[Symbol.asyncDispose]())

const chunks = (count: number): number => count * testChunkBytes
const world = () => worldOf(pool, template)

test('a run that dies at any call of the store is gone on with: no pack that was durable is stored again', async () => {
  const content = noise(3, chunks(40))
  const disk = { name: 'vda', sizeBytes: content.length, writes: [{ offset: 0, bytes: content }] }
  let states = 0
  for (let at = 1; ; at++) {
    const { store, open, clock } = world()
    let calls = 0
    const dying = viewOf(store, clock.now, ({ kind }) => {
      if (['put', 'create', 'remove'].includes(kind)) calls++
      if (calls >= at) throw new Failure('repository-unreachable', 'the engine died')
    })
    await runUntilDeath(() => open({ store: dying }), disk)
    if (calls < at) break
    states++
    const durable = idsIn(store)
    await using next = await open()
    await makePoint(next, 2, [disk])
    const twice = idsIn(store).length - durable.length
    assert.equal(new Set(idsIn(store)).size, idsIn(store).length, `call ${at}: ${twice} chunks more, some stored twice`)
    assert.ok((await contentOf(await open(), pointIdOf(2), 'vda')).equals(content), `call ${at}`)
  }
  assert.ok(states >= 10, `only ${states} states were seen`)
})

async function runUntilDeath(open: () => Promise<Repository>, disk: ReturnType<typeof diskOf>): Promise<void> {
  try {
    await makePoint(await open(), 1, [disk])
  } catch (thrown) {
    if (!(thrown instanceof Failure) && !isAbort(thrown)) throw thrown
  }
}

/** One point, and its index gone. */
async function withoutIndex() {
  const { store, open } = world()
  const repository = await open()
  await makePoint(repository, 1, [diskOf(1, 40)])
  await repository[Symbol.asyncDispose]()
  for (const name of store.objects.keys()) if (name.startsWith('indexes/')) store.objects.delete(name)
  return { store, open }
}

test('a lost index loses no chunk: the packs tell what lies in them, and the next point names them for good', async () => {
  const { store, open } = await withoutIndex()
  const content = noise(1, chunks(40))
  const repository = await open()
  assert.equal(repository.problems().length, 1)
  assert.ok((await contentOf(repository, pointIdOf(1), 'vda')).equals(content))
  await makePoint(repository, 2, [diskOf(2, 4)])
  for (const path of packsIn(store)) withoutFooter(store, path)
  assert.ok((await contentOf(await open(), pointIdOf(1), 'vda')).equals(content))
})

/** What the footer held is zero: the records are as they were. */
function withoutFooter(store: MemoryStore, path: string): void {
  const pack = store.objects.get(path) ?? assert.fail()
  const lengthBytes = footerBytes([...recordsOf(pack)].length)
  store.objects.set(path, Uint8Array.from(pack).fill(0, pack.length - lengthBytes))
}

test('no flipped bit in a footer, no cut and no stranger’s pack is taken for a list of records', async () => {
  const { store, open } = await withoutIndex()
  const known = (await open()).totals.chunks
  const path = packsIn(store).toSorted((a, b) => sizeIn(store, a) - sizeIn(store, b))[0] ?? assert.fail()
  const pack = store.objects.get(path) ?? assert.fail()
  const records = [...recordsOf(pack)].length
  const from = pack.length - footerBytes(records)
  for (let at = from; at < pack.length; at++) {
    const flipped = Uint8Array.from(pack)
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8))
    store.objects.set(path, flipped)
    assert.equal((await open()).totals.chunks, known - records, `byte ${at - from} of the footer`)
  }
  for (const lengthBytes of [0, 1, 111, 112, from, pack.length - 1]) {
    store.objects.set(path, pack.subarray(0, lengthBytes))
    assert.equal((await open()).totals.chunks, known - records, `cut to ${lengthBytes} bytes`)
  }
  const other = worldOf(pool, await newRepository(pool))
  await makePoint(await other.open(), 1, [diskOf(1, 4)])
  for (const stranger of packsIn(other.store))
    store.objects.set(path, other.store.objects.get(stranger) ?? assert.fail())
  assert.equal((await open()).totals.chunks, known - records)
})

function sizeIn(store: MemoryStore, path: string): number {
  return store.objects.get(path)?.length ?? 0
}

const faults = {
  async *omits(...[store, prefix, signal]: [MemoryStore, ...Parameters<MemoryStore['list']>]) {
    let at = 0
    for await (const info of store.list(prefix, signal)) if (prefix !== 'packs/' || at++ % 2 === 0) yield info
  },
  async *fails(...[store, prefix, signal]: [MemoryStore, ...Parameters<MemoryStore['list']>]) {
    let at = 0
    for await (const info of store.list(prefix, signal)) {
      if (prefix === 'packs/' && at++ === 2) throw new Failure('repository-unreachable', 'page 2')
      yield info
    }
  },
}

test('a listing that leaves out packs, or breaks off, costs at worst that they are stored again', async () => {
  for (const fault of ['omits', 'fails'] as const) {
    const { store, open, clock } = world()
    await leaveUnfinished(store, open, clock.now)
    const lying = { ...store, list: (...call: Parameters<MemoryStore['list']>) => faults[fault](store, ...call) }
    await makePoint(await open({ store: lying }), 2, [diskOf(1, 60)])
    assert.ok((await contentOf(await open(), pointIdOf(2), 'vda')).equals(noise(1, chunks(60))), fault)
  }
})

/** A run whose engine dies when some packs are stored. */
async function leaveUnfinished(store: MemoryStore, open: ReturnType<typeof world>['open'], now: () => number) {
  let packs = 0
  const dying = viewOf(store, now, ({ kind, name, when }) => {
    if (kind === 'put' && name.startsWith('packs/') && when === 'before') packs++
    if (packs > 4) throw new Failure('repository-unreachable', 'the engine died')
  })
  await runUntilDeath(() => open({ store: dying }), diskOf(1, 60))
  assert.ok((await packsSettled(store)) >= 4)
}
