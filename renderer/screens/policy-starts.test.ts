import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Run } from '../../shared/job.ts'
import { lastStart, runsByPolicy } from './policy-starts.ts'

function run(id: string, queuedAt: number, state: Run['state'], policyId = 'p'): Run {
  const progress = { bytesTotal: 0, bytesRead: 0, bytesSent: 0, bytesStored: 0, bytesWritten: 0, bytesPerSecond: 0 }
  return { id, kind: 'backup', state, queuedAt, progress, disks: [], warnings: [], policyId }
}

test('the newest start counts its own runs and none of the start before', () => {
  const day = 86_400_000
  const runs = [
    run('d', 2 * day + 2000, 'running'),
    run('c', 2 * day + 1000, 'failed'),
    run('b', 2 * day, 'done'),
    run('a', day, 'done'),
  ]
  assert.deepEqual(lastStart(runs), { at: 2 * day, live: 1, done: 1, failed: 1, cancelled: 0 })
})

test('a policy that started nothing has no last start', () => {
  assert.equal(lastStart([]), undefined)
})

test('runs that no policy started belong to none', () => {
  const { policyId: _, ...byHand } = run('x', 1, 'done')
  const groups = runsByPolicy([run('a', 2, 'done'), byHand, run('b', 1, 'done', 'q')])
  assert.deepEqual(
    [...groups].map(([id, runs]) => [id, runs.length]),
    [
      ['p', 1],
      ['q', 1],
    ],
  )
})

test('copies and deletions that follow a start are not counted among its backups', () => {
  const retention: Run = { ...run('r', 2000, 'failed'), kind: 'retention' }
  assert.deepEqual(lastStart([retention, run('a', 1000, 'done')]), {
    at: 1000,
    live: 0,
    done: 1,
    failed: 0,
    cancelled: 0,
  })
})
