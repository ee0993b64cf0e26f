import type { SweepReport } from '../../../shared/job.ts'
import type { Parts } from './parts.ts'
import type { SweepOptions } from './repository.ts'

/** A cycle of upkeep under way. */
export type Cycle = {
  readonly parts: Parts
  readonly options: SweepOptions
  /** Number of the sweeper's lease. */
  readonly fence: number
  /** The store's time when the cycle began: it only makes things look younger than they are. */
  readonly now: number
  /** Filled as the cycle goes on. */
  readonly report: SweepReport
  readonly signal: AbortSignal
}

/** Whether an object is there for at least so long, on the store's clock. False for one that is missing or does not tell. */
export async function isOlder({ now, parts, signal }: Cycle, name: string, ms: number): Promise<boolean> {
  const found = await parts.store.stat(name, signal)
  return found?.modifiedAt !== undefined && now - found.modifiedAt >= ms
}
