import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Run } from '../../shared/job.ts'
import { mergeRuns } from './runs.ts'

function run(id: string, state: Run['state'], queuedAt: number): Run {
  const progress = { bytesTotal: 0, bytesRead: 0, bytesSent: 0, bytesStored: 0, bytesWritten: 0, bytesPerSecond: 0 }
  return { id, kind: 'backup', state, queuedAt, progress, disks: [], warnings: [] }
}

test('a late answer does not bring an ended run back to life', () => {
  assert.deepEqual(mergeRuns([run('a', 'running', 1)], [run('a', 'done', 1)]), [run('a', 'done', 1)])
})

test('news replace what was known, and the newest run stands first', () => {
  const merged = mergeRuns([run('b', 'running', 2), run('a', 'cancelling', 1)], [run('a', 'running', 1)])
  assert.deepEqual(
    merged.map(({ id, state }) => `${id} ${state}`),
    ['b running', 'a cancelling'],
  )
})
