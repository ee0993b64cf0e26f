import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Run } from '../../shared/job.ts'
import type { Machine } from '../../shared/machine.ts'
import type { Point } from '../../shared/point.ts'
import type { Policy } from '../../shared/policy.ts'
import type { Repository } from '../../shared/repository.ts'
import { areSameProtections, areSameRuns, groupPoints, lastBackups, protections } from './protection.ts'

const now = 1_000_000_000
const minute = 60_000

function machine(id: string): Machine {
  return { id, hostId: 'h', name: id, state: 'off', transient: false, disks: [], snapshots: [] }
}

function point(machineId: string, agoMs: number): Point {
  return {
    id: `${machineId}${agoMs}`,
    repositoryId: 'r',
    machineId,
    machineName: machineId,
    createdAt: now - agoMs,
    method: 'full',
    consistency: 'off',
    disks: [],
    bytesRead: 0,
    bytesSent: 0,
    bytesStored: 0,
    warnings: [],
  }
}

function run(id: string, machineId: string, state: Run['state'], kind: Run['kind'] = 'backup'): Run {
  const progress = { bytesTotal: 0, bytesRead: 0, bytesSent: 0, bytesStored: 0, bytesWritten: 0, bytesPerSecond: 0 }
  return { id, machineId, kind, state, queuedAt: 0, progress, disks: [], warnings: [] }
}

function policy(machineIds: string[]): Policy {
  return {
    id: 'p',
    createdAt: 0,
    name: 'p',
    enabled: true,
    machineIds,
    excluded: [],
    freeze: false,
    repositoryId: 'r',
    rules: [],
    retention: { last: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0, minimum: 1 },
  }
}

const open: Repository = {
  id: 'r',
  address: { kind: 'folder', folder: '/r' },
  state: 'open',
  points: 0,
  coverage: { verified: 0, damaged: [] },
}

function judge(points: readonly Point[], runs: readonly Run[], policies: readonly Policy[]) {
  const machines = ['a', 'b', 'c'].map(machine)
  return protections(machines, groupPoints(points), lastBackups(runs), policies, [open], 60, now)
}

test('every machine is judged by its own points, runs and policies, and one that is gone by its points alone', () => {
  const points = [point('a', 1), point('b', 61 * minute), point('gone', 999 * minute)]
  const judged = judge(points, [run('1', 'a', 'failed')], [policy(['b', 'c'])])
  assert.deepEqual(
    [...judged].map(([id, { state, reasons }]) => `${id} ${state} ${reasons.join()}`),
    ['a at-risk last-failed,no-policy,fresh', 'b at-risk too-old', 'c unprotected never-backed-up', 'gone protected '],
  )
})

test('the newest backup that ended counts; neither one under way, nor a cancelled one, nor a restore', () => {
  const runs = [
    run('5', 'a', 'running'),
    run('4', 'a', 'cancelled'),
    run('3', 'a', 'failed', 'restore'),
    run('2', 'a', 'done'),
    run('1', 'a', 'failed'),
  ]
  assert.equal(lastBackups(runs).get('a')?.id, '2')
  assert.ok(areSameRuns(lastBackups(runs), lastBackups(structuredClone(runs))))
  assert.ok(!areSameRuns(lastBackups(runs), lastBackups(runs.slice(4))))
})

test('a judgement is another one when a state or a reason is', () => {
  const first = judge([point('a', 1)], [], [])
  assert.ok(areSameProtections(first, judge([point('a', 2)], [], [])))
  assert.ok(!areSameProtections(first, judge([point('a', 1)], [], [policy(['b'])])))
  assert.ok(!areSameProtections(first, judge([point('a', 61 * minute)], [], [])))
})
