import type { RestoreTarget } from '../../../shared/contract.ts'
import type { Run } from '../../../shared/job.ts'
import { measuredRate } from '../jobs/estimate.ts'
import type { Runner } from '../jobs/runner.ts'

const runsLookedAt = 200

/**
 * Bytes of a point that come back each second, as earlier restores to such a target measured it. One in place reads what is
 * there, twice when it takes an undo point first, and writes only what differs: the bytes it went through count, for each
 * time that it reads.
 */
export function restoreRate(runner: Pick<Runner, 'list'>, target: RestoreTarget): number | undefined {
  const passes = target.kind === 'in-place' && !target.withoutUndo ? 2 : 1
  const rate = measuredRate(runner.list(runsLookedAt), (run) => movedBy(run, target.kind))
  return rate === undefined ? undefined : rate / passes
}

function movedBy({ kind, targetKind, progress }: Run, wanted: RestoreTarget['kind']): number | undefined {
  if (kind !== 'restore' || targetKind !== wanted) return undefined
  return progress.bytesRead + progress.bytesWritten
}
