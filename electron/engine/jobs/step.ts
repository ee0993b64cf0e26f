import type { VerifyReport } from '../../../shared/job.ts'
import type { DiskReading } from '../../../shared/point.ts'
import type { Log } from '../base/log.ts'
import type { Meter } from './meter.ts'

/** What a job holds of the run that carries it. */
export type Step = {
  readonly signal: AbortSignal
  readonly log: Log
  readonly meter: Meter
  /** How each disk is read; said as soon as it is known. */
  say(disks: readonly DiskReading[]): void
  /** What a verification found, kept with the run. */
  report(report: VerifyReport): void
  /** One sentence that belongs to the run's record and, for a backup, to the point. */
  warn(sentence: string): void
}
