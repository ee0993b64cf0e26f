import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Run } from '../../shared/job.ts'
import type { Machine } from '../../shared/machine.ts'
import type { Point } from '../../shared/point.ts'
import type { Policy } from '../../shared/policy.ts'
import { firstSettings } from '../../shared/settings.ts'
import { dayMs, facts, machine, point, policy, repository, run } from './fake-facts.ts'
import { type Facts, overviewOf } from './overview.ts'

const now = 100 * dayMs

function light(change: Partial<Facts>): string {
  return overviewOf(facts(change), now).light
}

test('the worst machine decides, and each is counted', () => {
  const machines = ['a', 'b', 'c'].map(machine)
  const points = new Map<string, readonly Point[]>([
    [machine('a').id, [point('a', now - 1000)]],
    [machine('b').id, [point('b', now - 3 * dayMs)]],
  ])
  const all = overviewOf(facts({ machines, points, repositories: [repository()] }), now)
  assert.equal(all.light, 'unprotected')
  assert.deepEqual(all.counts, { protected: 1, 'at-risk': 1, unprotected: 1 })
  assert.equal(light({ machines: machines.slice(0, 2), points, repositories: [repository()] }), 'at-risk')
  assert.equal(light({ machines: machines.slice(0, 1), points, repositories: [repository()] }), 'protected')
})

test('without machines there is nothing to say', () => {
  assert.equal(light({}), 'nothing')
})

test('a machine whose newest backup failed is at risk, one whose failure is older than its success is not', () => {
  const machines = [machine('a')]
  const points = new Map([[machine('a').id, [point('a', now - 1000)]]])
  const failed = run('failed', { endedAt: now - 10 })
  const base = { machines, points, repositories: [repository()] }
  const runs = (...list: readonly Run[]): Partial<Facts> => ({ ...base, runs: list })
  assert.equal(light(runs(failed, run('done', { endedAt: now - 20 }))), 'at-risk')
  assert.equal(light(runs(failed, run('done', { endedAt: now - 5 }))), 'protected')
  assert.equal(light(runs({ ...failed, kind: 'verify' })), 'protected')
})

test('runs that have not ended are under way', () => {
  const runs = (['queued', 'running', 'cancelling', 'done', 'failed', 'cancelled'] as const).map((state) => run(state))
  const { underWay } = overviewOf(facts({ runs }), now)
  assert.deepEqual(
    underWay.map(({ state }) => state),
    ['queued', 'running', 'cancelling'],
  )
})

test('a machine is quiet when its newest good point is too old, or when its policy has waited too long for the first', () => {
  const one: Machine = machine('a')
  const quiet = (points: readonly Point[], policies: readonly Policy[], damaged: readonly string[] = []): boolean => {
    const repositories = [{ ...repository(), coverage: { verified: 0, damaged: [...damaged] } }]
    const change = { machines: [one], points: new Map([[one.id, points]]), policies, repositories }
    return overviewOf(facts({ ...change, settings: { ...firstSettings, quietDays: 2 } }), now).quiet.length === 1
  }
  const old = point('a', now - 3 * dayMs)
  const young = point('a', now - 1 * dayMs)
  assert.equal(quiet([young, old], []), false)
  assert.equal(quiet([old], []), true)
  assert.equal(quiet([young, old], [], [young.id]), true)
  assert.equal(quiet([], []), false)
  assert.equal(quiet([], [policy('a', now - dayMs)]), false)
  assert.equal(quiet([], [policy('a', now - 3 * dayMs)]), true)
  assert.equal(quiet([], [{ ...policy('a', now - 3 * dayMs), enabled: false }]), false)
  assert.equal(quiet([], [policy('b', now - 3 * dayMs)]), false)
})
