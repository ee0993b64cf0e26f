import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Failure, isAbort } from '../../../shared/failure.ts'
import { systemClock } from '../base/clock.ts'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import type { MemoryStore, StoreCall } from '../store/memory.ts'
import { noPlants, type Plant } from './plant.ts'
import { createRepository, openRepository } from './repository.ts'
import {
  contentOf,
  copyOf,
  makePoint,
  never,
  newRepository,
  noise,
  passphrase,
  pointIdOf,
  reopen,
  type TestDisk,
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
const sizeBytes = chunks(60)
const packBytes = 16 * 1024

const full = noise(1, sizeBytes)
const changed = Buffer.from(full)
changed.set(noise(2, chunks(9)), chunks(30))

const disks: readonly (TestDisk & { readonly content: Buffer })[] = [
  { name: 'vda', sizeBytes, writes: [{ offset: 0, bytes: full }], content: full },
  {
    name: 'vda',
    sizeBytes,
    base: pointIdOf(1),
    writes: [{ offset: chunks(30), bytes: changed.subarray(chunks(30), chunks(39)) }],
    content: changed,
  },
  { name: 'vda', sizeBytes, writes: [{ offset: 0, bytes: changed }], content: changed },
]

const isMutation = ({ kind }: StoreCall): boolean => ['put', 'create', 'remove'].includes(kind)

/** A store that is gone from the `at`-th mutation on, before or after that one was done. */
function crashing(from: MemoryStore, at: number, when: StoreCall['when']): { store: MemoryStore; calls: () => number } {
  let calls = 0
  let isGone = false
  const store = copyOf(from, (call) => {
    if (isMutation(call) && call.when === 'before') calls++
    isGone ||= calls >= at && call.when === when
    if (isGone) throw new Failure('repository-unreachable', 'the power went out')
  })
  return { store, calls: () => calls }
}

/** Answers the numbers of the points that were acknowledged. */
async function backUpUntilCrash(store: MemoryStore, plants: ReadonlySet<Plant>): Promise<readonly number[]> {
  const acknowledged: number[] = []
  try {
    const repository = await reopen(pool, { ...template, store }, { plants, packBytes })
    for (const [at, disk] of disks.entries()) {
      await makePoint(repository, at + 1, [disk])
      acknowledged.push(at + 1)
    }
  } catch (thrown) {
    const isForeseen = thrown instanceof Failure && ['repository-unreachable', 'bug'].includes(thrown.code)
    if (!isForeseen && !isAbort(thrown)) throw thrown
  }
  return acknowledged
}

/** What is wrong with what a crash left behind; empty when nothing is. */
async function inspect(objects: MemoryStore, acknowledged: readonly number[]): Promise<readonly string[]> {
  const wrong: string[] = []
  const rig = { ...template, store: copyOf(objects) }
  const repository = await reopen(pool, rig)
  for (const { object } of repository.problems()) wrong.push(`${object} cannot be read`)
  const found = repository.points().map((point) => Number.parseInt(point.id, 16))
  for (const number of acknowledged) if (!found.includes(number)) wrong.push(`point ${number} is lost`)
  for (const number of found) {
    const content = await contentOf(repository, pointIdOf(number), 'vda').catch((thrown: unknown) => String(thrown))
    const isEqual = Buffer.isBuffer(content) && content.equals(disks[number - 1]?.content ?? Buffer.alloc(0))
    if (!isEqual) wrong.push(`point ${number} does not read back`)
  }
  if (wrong.length > 0) return wrong
  const next = await makePoint(repository, 9, [{ name: 'vda', sizeBytes, writes: [{ offset: 0, bytes: full }] }])
  return (await contentOf(repository, next, 'vda')).equals(full) ? [] : ['the next point does not read back']
}

/** Crashes before and after every mutation of three backups. */
async function explore(plants: ReadonlySet<Plant>): Promise<{ states: number; wrong: readonly string[] }> {
  const wrong: string[] = []
  let states = 0
  for (const when of ['before', 'after'] as const) {
    for (let at = 1; ; at++) {
      const { store, calls } = crashing(template.store, at, when)
      const acknowledged = await backUpUntilCrash(store, plants)
      if (calls() < at) break
      states++
      for (const each of await inspect(store, acknowledged)) wrong.push(`${when} mutation ${at}: ${each}`)
    }
  }
  return { states, wrong }
}

test('a crash at any mutation leaves no half point and loses no acknowledged one', async () => {
  const { states, wrong } = await explore(noPlants)
  assert.ok(states >= 60, `only ${states} states were seen`)
  assert.deepEqual(wrong, [])
})

for (const plant of ['manifest-first', 'ledger-first', 'index-late'] as const) {
  test(`the crash test catches ${plant}`, async () => {
    assert.notDeepEqual((await explore(new Set([plant]))).wrong, [])
  })
}

/** One backup whose every pack is refused, then one that goes well, in the same engine. */
async function afterRefusal(plants: ReadonlySet<Plant>): Promise<readonly string[]> {
  let isFull = true
  const store = copyOf(template.store, ({ kind, name }) => {
    if (isFull && kind === 'put' && name.startsWith('packs/')) throw new Failure('no-space', 'full')
  })
  const repository = await reopen(pool, { ...template, store }, { plants, packBytes })
  const [first, , second] = disks
  const refused = await makePoint(repository, 1, first === undefined ? [] : [first]).catch(() => undefined)
  isFull = false
  await makePoint(repository, 3, second === undefined ? [] : [second])
  return inspect(store, refused === undefined ? [3] : [1, 3])
}

test('a pack that the store refused serves no point', async () => {
  assert.deepEqual(await afterRefusal(noPlants), [])
})

for (const plant of ['table-first', 'swallowed-put'] as const) {
  test(`the refusal test catches ${plant}`, async () => {
    assert.notDeepEqual(await afterRefusal(new Set([plant])), [])
  })
}

test('a creation that was cut off anywhere gives way to the next, or is finished', async () => {
  const creation = { pool, clock: systemClock, passphrase, breakGlass: new Uint8Array(Buffer.from('// a script')) }
  const empty = copyOf(template.store)
  empty.objects.clear()
  for (let at = 1; ; at++) {
    const { store, calls } = crashing(empty, at, 'after')
    await createRepository({ ...creation, store }, never).catch(() => undefined)
    if (calls() < at) break
    const left = copyOf(store)
    const exists = left.objects.has('config')
    if (!exists) await createRepository({ ...creation, store: left }, never)
    const key = { kind: 'passphrase', passphrase } as const
    const { repository } = await openRepository({ store: left, pool, clock: systemClock, key }, never)
    assert.deepEqual(repository.points(), [], `after mutation ${at}`)
  }
})

/** One commit that loses the answer to the ledger's write, and `gone` more answers after it. */
async function commitUnanswered(gone: number) {
  let isCommitting = false
  let isLosing = false
  let left = gone + 1
  const store = copyOf(template.store, ({ kind, name, when }) => {
    isCommitting ||= kind === 'put' && name.startsWith('manifests/')
    isLosing ||= isCommitting && kind === 'create' && when === 'after'
    if (!isLosing || left === 0) return
    left--
    throw new Failure('repository-unreachable', 'the answer was lost')
  })
  const [first] = disks
  const repository = await reopen(pool, { ...template, store }, { packBytes })
  const outcome = await makePoint(repository, 1, first === undefined ? [] : [first]).catch((thrown: unknown) => thrown)
  return { repository, store, outcome, left }
}

test('a lost answer to the ledger’s write is neither a lost point nor a second one', async () => {
  const { outcome, store, left } = await commitUnanswered(0)
  assert.deepEqual([outcome, left], [pointIdOf(1), 0])
  assert.deepEqual(await inspect(store, [1]), [])
  assert.equal((await reopen(pool, { ...template, store: copyOf(store) })).points().length, 1)
})

test('a point whose commit nobody could answer for is found by the next run of the same engine', async () => {
  const { outcome, repository, store, left } = await commitUnanswered(1)
  assert.ok(outcome instanceof Failure && outcome.code === 'repository-unreachable', String(outcome))
  assert.equal(left, 0)
  const [, , third] = disks
  await makePoint(repository, 3, third === undefined ? [] : [third])
  assert.deepEqual(
    repository.points().map(({ id }) => id),
    [1, 3].map(pointIdOf),
  )
  assert.deepEqual(await inspect(store, [1, 3]), [])
})
