import type { FailureCode } from '../../shared/failure.ts'
import { isEnded, type Run } from '../../shared/job.ts'

/** What a run that did not end well means for the machine and its points. The window has a sentence for each. */
export const runEffects = [
  'never-began',
  'no-point',
  'point-kept',
  'nothing-left',
  'removed-later',
  'hidden-left',
  'untouched',
  'mixture',
  'mixture-undo',
  'not-verified',
  'copied-so-far',
  'mended-so-far',
  'trashed-so-far',
  'sweep-goes-on',
  'locked-so-far',
  'files-hidden-left',
  'guest-files-so-far',
  'indexed-so-far',
  'look-at-lineage',
  'nothing-done',
] as const
export type RunEffect = (typeof runEffects)[number]

/** Answers nothing for runs that go on or went well, and where the record does not tell enough to be sure. */
export function effectOf(run: Run, isPoint: (pointId: string) => boolean): RunEffect | undefined {
  if (!isEnded(run.state) || run.state === 'done') return undefined
  if (run.state === 'cancelled' && run.startedAt === undefined && isEmpty(run)) return 'never-began'
  switch (run.kind) {
    case 'backup':
      return run.pointId !== undefined && isPoint(run.pointId) ? 'point-kept' : 'no-point'
    case 'restore':
      return restoreEffect(run)
    case 'verify':
      return 'not-verified'
    case 'copy':
      return 'copied-so-far'
    case 'mend':
      return 'mended-so-far'
    case 'retention':
      return 'trashed-so-far'
    case 'sweep':
      return 'sweep-goes-on'
    case 'lock':
      return 'locked-so-far'
    case 'files':
      return filesEffect(run)
    case 'index':
      return 'indexed-so-far'
    case 'snapshot-create':
    case 'snapshot-revert':
    case 'snapshot-delete':
      return run.failure !== undefined && refusals.includes(run.failure.code) ? 'nothing-done' : 'look-at-lineage'
  }
}

/** Failures that come before the first change. */
const refusals: readonly FailureCode[] = [
  'snapshot-refused',
  'snapshot-not-found',
  'machine-busy',
  'machine-not-found',
  'host-unsupported',
  'host-unreachable',
  'invalid-argument',
]

function isEmpty({ progress }: Run): boolean {
  return progress.bytesRead === 0 && progress.bytesTotal === 0 && progress.bytesWritten === 0
}

/** Only the point that is taken first is sent to the repository, and nothing is overwritten before it is there. */
function wasTakingUndoPoint({ undoPointId, progress }: Run): boolean {
  return undoPointId === undefined && progress.bytesSent + progress.bytesStored > 0
}

/** Whoever restores clears up after a failure; a dead engine cannot, and what it left goes later. */
function restoreEffect(run: Run): RunEffect | undefined {
  const died = run.failure?.code === 'engine-died'
  switch (run.targetKind) {
    case 'images':
      return died ? 'hidden-left' : 'nothing-left'
    case 'new-machine':
      return died ? 'removed-later' : 'nothing-left'
    case 'in-place':
      if (!died && (isEmpty(run) || wasTakingUndoPoint(run))) return 'untouched'
      return run.undoPointId === undefined ? 'mixture' : 'mixture-undo'
    case 'folder':
    case 'machine':
    case 'shelf':
    case undefined:
      return undefined
  }
}

/** Into a folder either everything comes or nothing; inside a machine each file by itself; the shelf goes with the engine. */
function filesEffect({ targetKind, failure }: Run): RunEffect {
  if (targetKind === 'machine') return 'guest-files-so-far'
  return targetKind === 'folder' && failure?.code === 'engine-died' ? 'files-hidden-left' : 'nothing-done'
}
