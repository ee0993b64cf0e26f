import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Run, runKinds } from '../../shared/job.ts'
import { effectOf } from './run-effect.ts'

const nothing = {
  bytesTotal: 0,
  bytesRead: 0,
  bytesSent: 0,
  bytesStored: 0,
  bytesWritten: 0,
  bytesPerSecond: 0,
}

function run(rest: Partial<Run>): Run {
  const base = { id: 'f'.repeat(32), kind: 'backup', state: 'failed', queuedAt: 0, startedAt: 1 } as const
  return { ...base, progress: nothing, disks: [], warnings: [], ...rest }
}

const never = (): boolean => false
const died = { code: 'engine-died', message: '' } as const
const restore = { kind: 'restore', progress: { ...nothing, bytesTotal: 10, bytesWritten: 5 } } as const

test('a run that goes on or went well has no effect to tell', () => {
  for (const kind of runKinds)
    for (const state of ['queued', 'running', 'cancelling', 'done'] as const)
      assert.equal(effectOf(run({ kind, state }), never), undefined)
})

test('a failed backup made no point, unless its point is listed', () => {
  assert.equal(effectOf(run({}), never), 'no-point')
  assert.equal(effectOf(run({ pointId: 'p' }), never), 'no-point')
  assert.equal(
    effectOf(run({ pointId: 'p' }), (id) => id === 'p'),
    'point-kept',
  )
})

test('nothing is said to be cleared up when the engine that would have done so died', () => {
  assert.equal(effectOf(run({ ...restore, targetKind: 'images' }), never), 'nothing-left')
  assert.equal(effectOf(run({ ...restore, targetKind: 'images', failure: died }), never), 'hidden-left')
  assert.equal(effectOf(run({ ...restore, targetKind: 'new-machine' }), never), 'nothing-left')
  assert.equal(effectOf(run({ ...restore, targetKind: 'new-machine', failure: died }), never), 'removed-later')
})

test('an overwritten machine counts as a mixture as soon as there was anything to write, also when it was cancelled', () => {
  const inPlace = { ...restore, targetKind: 'in-place' } as const
  assert.equal(effectOf(run({ ...inPlace, progress: nothing }), never), 'untouched')
  assert.equal(effectOf(run({ ...inPlace, progress: nothing, failure: died }), never), 'mixture')
  assert.equal(effectOf(run({ ...inPlace, progress: { ...nothing, bytesTotal: 10 } }), never), 'mixture')
  assert.equal(effectOf(run({ ...inPlace, state: 'cancelled', undoPointId: 'u' }), never), 'mixture-undo')
})

test('a machine is untouched while the point that undoes the restore is still being taken', () => {
  const taking = { ...nothing, bytesTotal: 10, bytesRead: 5, bytesSent: 5, bytesStored: 3 }
  const inPlace = run({ kind: 'restore', targetKind: 'in-place', progress: taking })
  assert.equal(effectOf(inPlace, never), 'untouched')
  assert.equal(effectOf({ ...inPlace, undoPointId: 'u' }, never), 'mixture-undo')
  assert.equal(effectOf({ ...inPlace, failure: died }, never), 'mixture')
})

test('what a run of upkeep had done before it failed stays done, and what it means is said for each kind', () => {
  const kinds = ['copy', 'mend', 'retention', 'sweep', 'lock', 'index'] as const
  assert.deepEqual(
    kinds.map((kind) => effectOf(run({ kind, failure: died }), never)),
    ['copied-so-far', 'mended-so-far', 'trashed-so-far', 'sweep-goes-on', 'locked-so-far', 'indexed-so-far'],
  )
})

test('a run that was cancelled in the queue never began', () => {
  const { startedAt: _, ...queued } = run({ state: 'cancelled', kind: 'restore', targetKind: 'in-place' })
  assert.equal(effectOf(queued, never), 'never-began')
  assert.equal(effectOf({ ...queued, startedAt: 1 }, never), 'untouched')
})

test('a refused snapshot changed nothing; of other failures only the lineage knows', () => {
  const refused = { code: 'snapshot-refused', message: '' } as const
  assert.equal(effectOf(run({ kind: 'snapshot-revert', failure: refused }), never), 'nothing-done')
  assert.equal(effectOf(run({ kind: 'snapshot-revert', failure: died }), never), 'look-at-lineage')
  assert.equal(effectOf(run({ kind: 'verify' }), never), 'not-verified')
})

test('a restore of files leaves nothing in a folder unless the engine died, and whole files in a machine', () => {
  const targets = ['folder', 'machine', 'shelf'] as const
  const effects = (rest: Partial<Run>) =>
    targets.map((targetKind) => effectOf(run({ kind: 'files', targetKind, ...rest }), never))
  assert.deepEqual(effects({}), ['nothing-done', 'guest-files-so-far', 'nothing-done'])
  assert.deepEqual(effects({ failure: died }), ['files-hidden-left', 'guest-files-so-far', 'nothing-done'])
})
