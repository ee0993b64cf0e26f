import type { SweepReport } from '../../../shared/job.ts'
import type { Repository, SweepOptions } from '../repository/repository.ts'
import type { Step } from './step.ts'

export type SweepOrder = {
  readonly repository: Repository
  /** What is to be other than usual. */
  readonly options?: Partial<Omit<SweepOptions, 'onRead'>>
}

const dayMs = 86_400_000

/** Grace and cycles are the least that is safe (I9). */
export const sweepDefaults: Omit<SweepOptions, 'onRead'> = {
  trashMs: 7 * dayMs,
  graceMs: dayMs,
  cycles: 2,
  wasteLimit: 0.5,
}

/** One cycle of upkeep beside whatever else runs; fails as `Repository.sweep` does. */
export async function sweepRepository(step: Step, { repository, options }: SweepOrder): Promise<SweepReport> {
  const sweep = await repository.sweep(
    {
      ...sweepDefaults,
      ...options,
      async onRead(bytes, totalBytes) {
        step.meter.set('bytesTotal', totalBytes)
        step.meter.add('bytesRead', bytes)
        await step.pass(step.signal)
      },
    },
    step.signal,
  )
  step.came({ sweep })
  return sweep
}
