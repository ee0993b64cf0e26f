import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Failure } from '../../../shared/failure.ts'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import type { StoreCall } from '../store/memory.ts'
import {
  contentOf,
  copyOf,
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

before(async () => {
  pool = startPool(1)
  template = await newRepository(pool)
})
after(() => pool[Symbol.asyncDispose]())

const fresh = (): TestRepository => ({ ...template, store: copyOf(template.store) })
const chunks = (count: number): number => count * testChunkBytes

test('drafts that run at the same time all become points, and share what they store', async () => {
  const rig = fresh()
  const repository = await reopen(pool, rig)
  const bytes = noise(1, chunks(300))
  const disk = { name: 'vda', sizeBytes: bytes.length, writes: [{ offset: 0, bytes }] }
  const ids = await Promise.all([1, 2, 3, 4].map((number) => makePoint(repository, number, [disk])))
  const again = await reopen(pool, rig)
  for (const id of ids) assert.deepEqual(await contentOf(again, id, 'vda'), bytes)
  assert.deepEqual((await again.verify({ onRead: () => {} }, never)).damaged, [])
})

test('two engines that write one repository lose nothing to each other', async () => {
  const rig = fresh()
  const [one, other] = await Promise.all([reopen(pool, rig), reopen(pool, rig)])
  const disk = (seed: number) => {
    const bytes = noise(seed, chunks(20))
    return { name: 'vda', sizeBytes: bytes.length, writes: [{ offset: 0, bytes }] }
  }
  await Promise.all([
    makePoint(one, 1, [disk(1)]),
    makePoint(other, 2, [disk(2)]),
    makePoint(one, 3, [disk(3)]),
    makePoint(other, 4, [disk(4)]),
  ])
  await one.refresh(never)
  assert.equal(await one.refresh(never), false)
  const again = await reopen(pool, rig)
  assert.deepEqual(
    again.points().map(({ id }) => id),
    one
      .points()
      .map(({ id }) => id)
      .toSorted(byLedger(again.points())),
  )
  for (const seed of [1, 2, 3, 4])
    assert.deepEqual(await contentOf(one, pointIdOf(seed), 'vda'), noise(seed, chunks(20)))
})

test('engines that append at once, in any interleaving, each get their own place in the ledger', async () => {
  for (let seed = 1; seed <= 8; seed++) {
    let state = seed
    const store = copyOf(template.store, async () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      for (let turn = state >>> 30; turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve))
    })
    const engines = await Promise.all([1, 2, 3].map(() => reopen(pool, { ...template, store })))
    const points = await Promise.all(
      engines.flatMap((engine, at) => [
        makePoint(engine, at * 10 + 1, [smallDisk(1)]),
        makePoint(engine, at * 10 + 2, [smallDisk(at + 2)]),
      ]),
    )
    await Promise.all(engines.map((engine) => engine.refresh(never)))
    const seen = engines.map((engine) => engine.points().map(({ id }) => id))
    assert.deepEqual(seen[0]?.toSorted(), points.toSorted(), `seed ${seed}`)
    assert.deepEqual([seen[1], seen[2]], [seen[0], seen[0]], `seed ${seed}: all engines know the same order`)
    await Promise.all(engines.map((engine) => engine[Symbol.asyncDispose]()))
    const again = await reopen(pool, { ...template, store })
    for (const id of points) await contentOf(again, id, 'vda')
    assert.deepEqual((await again.verify({ onRead: () => {} }, never)).damaged, [], `seed ${seed}`)
  }
})

function smallDisk(seed: number) {
  const bytes = noise(seed, chunks(6))
  return { name: 'vda', sizeBytes: bytes.length, writes: [{ offset: 0, bytes }] }
}

function byLedger(points: readonly { readonly id: string }[]): (a: string, b: string) => number {
  const order = points.map(({ id }) => id)
  return (a, b) => order.indexOf(a) - order.indexOf(b)
}

test('a draft that is given up leaves no point, and what it stored serves the next', async () => {
  const repository = await reopen(pool, fresh())
  const bytes = noise(1, chunks(64))
  {
    await using draft = repository.beginPoint(pointIdOf(1), machineId)
    const disk = await draft.addDisk({ name: 'vda', sizeBytes: bytes.length, base: undefined }, never)
    await disk.write(0, Uint8Array.from(bytes), never)
    await draft.addAttachment('nvram', 'x', noise(2, 64 * 1024), never)
  }
  const before = repository.totals.chunks
  assert.ok(before > 0, 'at least one pack was full')
  const id = await makePoint(repository, 2, [{ name: 'vda', sizeBytes: bytes.length, writes: [{ offset: 0, bytes }] }])
  assert.deepEqual(
    repository.points().map((point) => point.id),
    [id],
  )
  assert.ok(repository.totals.chunks < before + 64, 'the full packs of the first were used')
})

test('bytes sent and stored are what the store received', async () => {
  const rig = fresh()
  const sizeOf = () => [...rig.store.objects.values()].reduce((sum, bytes) => sum + bytes.length, 0)
  const repository = await reopen(pool, rig)
  await using draft = repository.beginPoint(pointIdOf(1), machineId)
  const disk = await draft.addDisk({ name: 'vda', sizeBytes: chunks(50), base: undefined }, never)
  // The lease that the draft took serves others as well: it is no part of the point.
  const before = sizeOf()
  await disk.write(0, Uint8Array.from(noise(1, chunks(50))), never)
  await draft.commit(factsOf(1, [{ name: 'vda', sizeBytes: chunks(50) }]), never)
  assert.equal(draft.numbers.bytesStored, sizeOf() - before)
  assert.equal(draft.numbers.bytesSent, sizeOf() - before)
})

test('a failure of the store ends the draft with the store’s own code, and the repository stays usable', async () => {
  const rig = fresh()
  let isFull = true
  const store = copyOf(rig.store, ({ kind, name }) => {
    if (isFull && kind === 'put' && name.startsWith('packs/')) throw new Failure('no-space', 'full')
  })
  const repository = await reopen(pool, { ...rig, store })
  const bytes = noise(1, chunks(100))
  const disk = { name: 'vda', sizeBytes: bytes.length, writes: [{ offset: 0, bytes }] }
  await assert.rejects(makePoint(repository, 1, [disk]), { code: 'no-space' })
  assert.deepEqual(repository.points(), [])
  isFull = false
  const id = await makePoint(repository, 2, [disk])
  assert.deepEqual(await contentOf(await reopen(pool, { ...rig, store }), id, 'vda'), bytes)
})

/** Commits one small point while `during` sees every call of the store. */
async function commitWhile(during: (call: StoreCall, controller: AbortController) => void) {
  const controller = new AbortController()
  const store = copyOf(template.store, (call) => during(call, controller))
  const repository = await reopen(pool, { ...template, store })
  await using draft = repository.beginPoint(pointIdOf(1), machineId)
  const disk = await draft.addDisk({ name: 'vda', sizeBytes: chunks(1), base: undefined }, never)
  await disk.write(0, new Uint8Array(noise(1, chunks(1))), never)
  const facts = factsOf(1, [{ name: 'vda', sizeBytes: chunks(1) }])
  const outcome = await draft.commit(facts, controller.signal).catch((thrown: unknown) => thrown)
  const again = await reopen(pool, { ...template, store: copyOf(store) })
  return { outcome, found: again.points().length, listed: repository.points().length }
}

test('a commit that is cancelled before the ledger’s write leaves no point', async () => {
  const { outcome, found, listed } = await commitWhile(({ kind, name }, controller) => {
    if (kind === 'put' && name.startsWith('manifests/')) controller.abort()
  })
  assert.ok(outcome instanceof Error && outcome.name === 'AbortError')
  assert.deepEqual([found, listed], [0, 0])
})

test('a commit that is cancelled during the ledger’s write is done all the same', async () => {
  let isCommitting = false
  const { outcome, found, listed } = await commitWhile(({ kind, name }, controller) => {
    isCommitting ||= name.startsWith('manifests/')
    if (kind === 'create' && isCommitting) controller.abort()
  })
  assert.ok(!(outcome instanceof Error))
  assert.deepEqual([found, listed], [1, 1])
})

test('a refresh that failed half-way loses no point: the next one takes in the rest', async () => {
  let isGone = false
  const store = copyOf(template.store, ({ kind, name }) => {
    if (isGone && kind === 'get' && name.startsWith('manifests/')) throw new Failure('repository-unreachable', 'gone')
  })
  const [reading, writing] = [await reopen(pool, { ...template, store }), await reopen(pool, { ...template, store })]
  await makePoint(writing, 1, [])
  isGone = true
  await assert.rejects(reading.refresh(never), { code: 'repository-unreachable' })
  isGone = false
  assert.equal(await reading.refresh(never), true)
  assert.equal(reading.points().length, 1)
})
