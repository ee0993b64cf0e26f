import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { systemClock } from '../base/clock.ts'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import { type LockingStore, lockingStore } from './lock-rig.ts'
import type { LockReport, Repository } from './repository.ts'
import { makePoint, never, newRepository, noise, reopen, type TestRepository, testChunkBytes } from './test-rig.ts'

let pool: ChunkPool
let template: TestRepository

before(async () => {
  pool = startPool(1)
  template = await newRepository(pool)
})
after(() => pool[Symbol.asyncDispose]())

const dayMs = 86_400_000
const begin = Date.UTC(2026, 0, 1)
const sizeBytes = 32 * testChunkBytes
const rule = { mode: 'compliance', days: 8 } as const

type World = {
  readonly store: LockingStore
  readonly repository: Repository
  now: number
  readonly points: readonly string[]
}

/** Two points, of which the second shares most packs with the first; a rule from the beginning. */
async function world(aheadMs = 0): Promise<World> {
  const time = { now: begin }
  const store = lockingStore(() => time.now)
  const rig = { store, rootKey: template.rootKey }
  for (const [name, bytes] of template.store.objects) store.objects.set(name, Uint8Array.from(bytes))
  const repository = await reopen(pool, rig, { clock: { ...systemClock, now: () => time.now + aheadMs } })
  await repository.setLock(rule, never)
  const base = await makePoint(repository, 1, [
    { name: 'vda', sizeBytes, writes: [{ offset: 0, bytes: noise(1, sizeBytes) }] },
  ])
  const second = await makePoint(repository, 2, [
    { name: 'vda', sizeBytes, base, writes: [{ offset: 0, bytes: noise(2, testChunkBytes) }] },
  ])
  return Object.assign(time, { store, repository, points: [base, second] })
}

function check({ repository }: World): Promise<LockReport> {
  return repository.checkLocks(() => {}, never)
}

test('locks that a repository had before its rule are brought up to it, and a second look finds all of them', async () => {
  const made = await world()
  const first = await check(made)
  // What was made before the rule: config, the first entry and the slots, of which one would have been enough.
  assert.equal(first.truth.unlocked, 3)
  const { truth, perPoint } = await check(made)
  assert.deepEqual({ unlocked: truth.unlocked, canary: truth.canary }, { unlocked: 0, canary: 'refused' })
  assert.equal(truth.until, begin + rule.days * dayMs)
  for (const point of made.points) assert.equal(perPoint.get(point), begin + rule.days * dayMs)
})

test('every object without which a point is lost is found when it is not locked', async () => {
  const made = await world()
  await check(made)
  const needed = [...made.store.objects.keys()].filter((name) => /^(config|ledger|manifests|indexes|packs)/.test(name))
  assert.ok(needed.length >= 8)
  for (const name of needed) {
    made.store.untils.delete(name)
    made.store.extended.length = 0
    const { truth } = await check(made)
    assert.deepEqual([name, truth.unlocked, made.store.extended], [name, 1, [name]])
  }
  await made.repository.setLock(undefined, never)
  made.store.untils.delete(needed.at(-1) ?? '')
  const { truth } = await check(made)
  assert.deepEqual({ ...truth, at: 0, objects: 0 }, { at: 0, objects: 0, unlocked: 1, canary: 'untried' })
})

test('a pack that only the newer point needs unlocks that one alone', async () => {
  const made = await world()
  await check(made)
  const [base = '', second = ''] = made.points
  const old = new Set(await made.repository.packsOf(base, never))
  const own = (await made.repository.packsOf(second, never)).find((name) => !old.has(name)) ?? ''
  // A store that lies about having extended leaves it as it is.
  made.store.untils.delete(`packs/${own.slice(0, 2)}/${own}`)
  made.store.locks.extend = async () => {}
  const { truth, perPoint } = await check(made)
  assert.equal(truth.unlocked, 1)
  assert.equal(truth.until, undefined)
  assert.equal(perPoint.get(second), undefined)
  assert.equal(perPoint.get(base), begin + rule.days * dayMs)
})

test('of the key slots one locked one is enough, none is not', async () => {
  const made = await world()
  await check(made)
  made.store.locks.extend = async () => {}
  const [first = '', ...others] = [...made.store.objects.keys()].filter((name) => name.startsWith('keys/'))
  for (const name of others) made.store.untils.delete(name)
  assert.equal((await check(made)).truth.until, begin + rule.days * dayMs)
  made.store.untils.delete(first)
  assert.equal((await check(made)).truth.until, undefined)
})

test('locks are renewed when a quarter of their time is over, and not before', async () => {
  const made = await world()
  await check(made)
  made.store.extended.length = 0
  made.now = begin + dayMs
  await check(made)
  assert.deepEqual(made.store.extended, [])
  made.now = begin + 3 * dayMs
  const { truth } = await check(made)
  assert.ok(made.store.extended.length >= 8)
  assert.equal(truth.until, made.now + rule.days * dayMs)
})

test('a canary that was deleted is told, and a store without locks is refused', async () => {
  const made = await world()
  made.store.canary = 'deleted'
  assert.equal((await check(made)).truth.canary, 'deleted')
  await using plain = await reopen(pool, template)
  await assert.rejects(plain.setLock(rule, never), { code: 'store-unsuitable' })
  await assert.rejects(
    plain.checkLocks(() => {}, never),
    { code: 'store-unsuitable' },
  )
})

test('a console whose clock is wrong locks and tells by the clock of the store', async () => {
  for (const aheadMs of [-3_600_000, 40 * dayMs]) {
    const made = await world(aheadMs)
    await check(made)
    const { truth } = await check(made)
    assert.deepEqual([truth.unlocked, truth.until], [0, begin + rule.days * dayMs])
  }
})
