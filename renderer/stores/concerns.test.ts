import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Run } from '../../shared/job.ts'
import type { LockTruth, Repository, StoreProbe } from '../../shared/repository.ts'
import { concernsOf } from './concerns.ts'

const id = 'a'.repeat(32)
const probe: StoreProbe = {
  at: 0,
  exclusive: true,
  checksum: 'refused',
  versioning: 'on',
  lock: 'enforced',
  listing: true,
  removal: true,
  skewMs: 0,
}
const truth: LockTruth = { at: 0, objects: 10, unlocked: 0, canary: 'refused' }

function repository(rest: Partial<Repository> = {}): Repository {
  const address = { kind: 'folder', folder: '/mnt/a' } as const
  return { id, address, state: 'open', points: 0, coverage: { verified: 0, damaged: [] }, ...rest }
}

function run(state: Run['state'], rest: Partial<Run> = {}): Run {
  const progress = {
    bytesTotal: 0,
    bytesRead: 0,
    bytesSent: 0,
    bytesStored: 0,
    bytesWritten: 0,
    bytesPerSecond: 0,
  }
  return {
    id: 'f'.repeat(32),
    kind: 'copy',
    state,
    repositoryId: id,
    queuedAt: 0,
    disks: [],
    warnings: [],
    progress,
    ...rest,
  }
}

function kinds(of: Partial<Repository>, runs: readonly Run[] = []): readonly string[] {
  return concernsOf([repository(of)], runs).map(({ concern }) => concern.kind)
}

test('locks that fail outweigh objects that are not locked, and an account that may not remove comes last', () => {
  const lock = { mode: 'compliance', days: 30 } as const
  const lockTruth = { ...truth, unlocked: 3, canary: 'deleted' } as const
  assert.deepEqual(kinds({ lock, lockTruth, probe: { ...probe, removal: false } }, [run('failed')]), [
    'locks-fail',
    'unlocked',
    'upkeep-failed',
    'append-only',
  ])
  assert.deepEqual(kinds({ lock, lockTruth: truth, probe }), [])
})

test('without a rule an old look at locks is no concern', () => {
  assert.deepEqual(kinds({ lockTruth: { ...truth, unlocked: 3 } }), [])
})

test('a failed copy of one machine is made good by a later one of it or of all, not by that of another machine', () => {
  const [one, other] = ['1', '2'].map((digit) => ({ machineId: digit.repeat(32) }))
  assert.deepEqual(kinds({}, [run('done', one), run('failed', one)]), [])
  assert.deepEqual(kinds({}, [run('done'), run('failed', one)]), [])
  assert.deepEqual(kinds({}, [run('done', other), run('failed', one)]), ['upkeep-failed'])
  assert.deepEqual(kinds({}, [run('cancelled', one), run('failed', one)]), ['upkeep-failed'])
  assert.deepEqual(kinds({}, [run('running', one), run('failed', one)]), ['upkeep-failed'])
})

test('many failed copies to one repository are one concern, and those of another kind another', () => {
  const machines = Array.from({ length: 30 }, (_, at) => run('failed', { machineId: String(at) }))
  assert.deepEqual(kinds({}, [...machines, run('failed', { kind: 'sweep' })]), ['upkeep-failed', 'upkeep-failed'])
  assert.deepEqual(kinds({}, [run('failed', { kind: 'backup' })]), [])
})
