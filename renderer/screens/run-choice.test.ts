import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Run } from '../../shared/job.ts'
import { chooseRuns, everyRun, type RunChoice } from './run-choice.ts'

const progress = { bytesTotal: 0, bytesRead: 0, bytesSent: 0, bytesStored: 0, bytesWritten: 0, bytesPerSecond: 0 }

function run(machineName: string, state: Run['state'], queuedAt: number, rest: Partial<Run> = {}): Run {
  const id = machineName
  return { id, kind: 'backup', state, queuedAt, machineName, progress, disks: [], warnings: [], ...rest }
}

const damaged = [{ object: 'packs/1', problem: 'gone', points: [] }]
const runs = [
  run('done', 'done', 9),
  run('queued', 'queued', 8),
  run('failed', 'failed', 7, { kind: 'restore' }),
  run('old', 'running', 1),
  run('damage', 'done', 6, { kind: 'verify', report: { objects: 1, chunks: 1, bytesRead: 1, damaged } }),
  run('new', 'cancelling', 5),
  run('cancelled', 'cancelled', 4, { kind: 'snapshot-create', snapshot: 'Before Upgrade' }),
]

function chosen(choice: Partial<RunChoice>): readonly string[] {
  return chooseRuns(runs, { ...everyRun, ...choice }, ({ machineName }) => machineName ?? '').map(({ id }) => id)
}

test('what is at work stands first, then what waits, then what ended, the newest first', () => {
  assert.deepEqual(chosen({}), ['new', 'old', 'queued', 'done', 'failed', 'damage', 'cancelled'])
})

test('a verification that found damage counts among the failures, a cancelled run does not', () => {
  assert.deepEqual(chosen({ which: 'failed' }), ['failed', 'damage'])
  assert.deepEqual(chosen({ which: 'live' }), ['new', 'old', 'queued'])
})

test('runs are found by kind and by a part of their names, in whatever case', () => {
  assert.deepEqual(chosen({ kind: 'restore' }), ['failed'])
  assert.deepEqual(chosen({ text: ' UPgrade ' }), ['cancelled'])
  assert.deepEqual(chosen({ text: 'e', kind: 'backup', which: 'live' }), ['new', 'queued'])
})
