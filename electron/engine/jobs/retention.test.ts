import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Failure } from '../../../shared/failure.ts'
import type { Point } from '../../../shared/point.ts'
import type { Retention } from '../../../shared/policy.ts'
import { notedStep } from '../proof/fake-walk.ts'
import type { Repository } from '../repository/repository.ts'
import { enactRetention, planRetention } from './retention.ts'

const shop = '00000000-0000-4000-8000-00000000000a'
const web = '00000000-0000-4000-8000-00000000000b'
const [here, there] = ['a'.repeat(32), 'b'.repeat(32)]
const none: Retention = { last: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0, minimum: 1 }
const dayMs = 86_400_000

function hex(number: number): string {
  return number.toString(16).padStart(32, '0')
}

const damagedIn = (): ReadonlySet<string> => new Set()

type Note = { readonly pinned: boolean; readonly labels: readonly string[] }
type Twin = Repository & { readonly dropped: string[]; readonly noted: Map<string, Note>; onDrop: () => void }

/** A repository that holds one point a day of each machine. */
function twin(id: string, days: number, machines: readonly string[]): Twin {
  const noted = new Map<string, Note>()
  const dropped: string[] = []
  const points = machines.flatMap((machineId, machine) =>
    Array.from(
      { length: days },
      (_, day) => ({ id: hex(machine * 1000 + day), machineId, createdAt: day * dayMs }) as Point,
    ),
  )
  const repository: Partial<Twin> = {
    id,
    noted,
    dropped,
    onDrop: () => {},
    points: () => points.filter((point) => !dropped.includes(point.id)),
    notes: () => noted,
    refresh: async () => false,
    async drop(ids, why) {
      repository.onDrop?.()
      assert.equal(why, 'retention')
      const pinned = ids.find((each) => noted.get(each)?.pinned === true)
      if (pinned !== undefined) throw new Failure('invalid-argument', `${pinned} is pinned`)
      dropped.push(...ids)
    },
  }
  return repository as Twin
}

function policyOf(machineIds: readonly string[], retention: Partial<Retention>, over = {}) {
  return { machineIds: [...machineIds], repositoryId: here, copies: [], retention: { ...none, ...retention }, ...over }
}

test('what is dropped is exactly what the plan shows without a reason', async () => {
  const retention = fc.record({
    last: fc.nat(5),
    daily: fc.nat(9),
    weekly: fc.nat(4),
    minimum: fc.integer({ min: 1, max: 4 }),
  })
  const property = fc.asyncProperty(retention, fc.nat(20), fc.array(fc.nat(19)), async (wish, days, pins) => {
    const repository = twin(here, days, [shop, web])
    for (const pin of pins) repository.noted.set(hex(pin), { pinned: true, labels: [] })
    const policy = policyOf([shop], wish)
    const order = { policy, policies: [policy], repositories: [repository], damagedIn }
    const plan = planRetention(order)
    assert.equal(plan.length, days)
    const going = plan.filter(({ reasons }) => reasons.length === 0).map(({ pointId }) => pointId)
    assert.equal(await enactRetention(notedStep(), order), going.length)
    assert.deepEqual(repository.dropped, going)
    assert.ok(planRetention(order).every(({ reasons }) => reasons.length > 0))
    assert.equal(repository.points().filter(({ machineId }) => machineId === web).length, days)
  })
  await fc.assert(property)
})

test('a point that another policy of the machine keeps stays, also when that one is switched off', () => {
  const repository = twin(here, 10, [shop])
  const policy = policyOf([shop], { last: 1 })
  const other = policyOf([shop, web], { last: 4 })
  const foreign = policyOf([web], { last: 9 })
  const elsewhere = policyOf([shop], { last: 9 }, { repositoryId: there })
  const kept = planRetention({
    policy,
    policies: [policy, other, foreign, elsewhere],
    repositories: [repository],
    damagedIn,
  })
  assert.deepEqual(
    kept.filter(({ reasons }) => reasons.length > 0).map(({ pointId }) => pointId),
    [6, 7, 8, 9].map(hex),
  )
})

test('each copy is judged by itself, and repositories that the policy does not name are left alone', () => {
  const [own, copy, foreign] = [twin(here, 6, [shop]), twin(there, 3, [shop]), twin('c'.repeat(32), 9, [shop])]
  const policy = policyOf([shop], { last: 2 }, { copies: [there] })
  const plan = planRetention({ policy, policies: [], repositories: [own, copy, foreign], damagedIn })
  const keptIn = (id: string) => plan.filter(({ repositoryId, reasons }) => repositoryId === id && reasons.length > 0)
  assert.deepEqual([keptIn(here).length, keptIn(there).length], [2, 2])
  assert.ok(plan.every(({ repositoryId }) => repositoryId !== foreign.id))
})

test('pins and labels of the ledger keep a point', () => {
  const repository = twin(here, 9, [shop])
  repository.noted.set(hex(1), { pinned: true, labels: [] })
  repository.noted.set(hex(2), { pinned: false, labels: ['月末'] })
  repository.noted.set(hex(3), { pinned: false, labels: ['other'] })
  const policy = policyOf([shop], { last: 1, labels: ['月末'] })
  const plan = planRetention({ policy, policies: [policy], repositories: [repository], damagedIn })
  const reasonsOf = (number: number) => plan.find(({ pointId }) => pointId === hex(number))?.reasons
  assert.deepEqual([reasonsOf(1), reasonsOf(2), reasonsOf(3)], [['pinned'], ['label'], []])
})

test('a point that is pinned in the last moment stays, and the others go', async () => {
  const repository = twin(here, 5, [shop])
  repository.onDrop = () => void repository.noted.set(hex(0), { pinned: true, labels: [] })
  const policy = policyOf([shop], { last: 1 })
  assert.equal(
    await enactRetention(notedStep(), { policy, policies: [policy], repositories: [repository], damagedIn }),
    3,
  )
  assert.deepEqual(repository.dropped, [1, 2, 3].map(hex))
})

test('a retention of nothing but zeroes keeps everything', async () => {
  const repository = twin(here, 5, [shop])
  const policy = policyOf([shop], {})
  assert.equal(
    await enactRetention(notedStep(), { policy, policies: [policy], repositories: [repository], damagedIn }),
    0,
  )
})

test('a damaged point takes no other point’s place, and goes when it would have gone', () => {
  const repository = twin(here, 9, [shop])
  const policy = policyOf([shop], { last: 3 })
  const damaged = new Set([7, 2].map(hex))
  const order = { policy, policies: [policy], repositories: [repository], damagedIn: () => damaged }
  const kept = planRetention(order).filter(({ reasons }) => reasons.length > 0)
  assert.deepEqual(
    kept.map(({ pointId }) => pointId),
    [5, 6, 7, 8].map(hex),
  )
})
