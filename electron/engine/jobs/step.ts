import type { Run, VerifyReport } from '../../../shared/job.ts'
import type { DiskReading, PointId } from '../../../shared/point.ts'
import type { Log } from '../base/log.ts'
import type { Meter } from './meter.ts'

/** What a job holds of the run that carries it. */
export type Step = {
  readonly signal: AbortSignal
  readonly log: Log
  readonly meter: Meter
  /** Awaited between two ranges: waits while the run is paused. Rejects as soon as `signal` aborts. */
  pass(signal: AbortSignal): Promise<void>
  /** How each disk is read; said as soon as it is known. */
  say(disks: readonly DiskReading[]): void
  /** What a verification found, kept with the run. */
  report(report: VerifyReport): void
  /** What came of the run so far, kept with it also when it fails. */
  came(of: Partial<Pick<Run, 'sweep' | 'lock' | 'count' | 'files'>>): void
  /** The point from which what the run does next can be undone. Recorded durably when this returns. */
  undoWith(pointId: PointId): void
  /** One sentence that belongs to the run's record and, for a backup, to the point. */
  warn(sentence: string): void
}
