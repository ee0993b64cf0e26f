import { Failure } from '../../../shared/failure.ts'
import { sentence } from '../../../shared/sentences.ts'
import type { LockReport, Repository } from '../repository/repository.ts'
import type { Step } from './step.ts'

export type LockOrder = {
  readonly repository: Repository
  /** Told of what was found, also when the run fails because of it. */
  keep?(report: LockReport): void
}

/**
 * Lock truth of a repository, kept with the run. Fails with `store-unsuitable` where it turned out that something can be
 * deleted although a rule says that it cannot.
 */
export async function checkLocks(step: Step, order: LockOrder): Promise<LockReport> {
  const { repository, keep } = order
  const report = await repository.checkLocks(async (objects, total) => {
    step.meter.set('bytesTotal', total)
    step.meter.add('bytesRead', objects)
    await step.pass(step.signal)
  }, step.signal)
  const { truth } = report
  step.came({ lock: truth })
  keep?.(report)
  if (truth.unlocked > 0) step.warn(sentence('objects-not-locked', { count: String(truth.unlocked) }))
  if (truth.canary === 'deleted') {
    throw new Failure(
      'store-unsuitable',
      'A locked object was deleted in spite of its lock: the store does not keep locks',
    )
  }
  if (repository.lock !== undefined && report.perPoint.size > 0 && truth.until === undefined) {
    throw new Failure('store-unsuitable', 'Objects that points need could not be locked')
  }
  return report
}
