import type { PointId } from '../../../shared/point.ts'
import { catchUp } from './catch-up.ts'
import type { Parts } from './parts.ts'

/** Whether an object that is not there any more was taken away by a sweep, or belonged to a point that was purged, meanwhile. */
export async function isSweptByNow(
  parts: Parts,
  path: string,
  pointId: PointId | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  const { ledger, turns } = parts
  await turns.run(async () => {
    await ledger.advance(signal)
    await catchUp(parts, signal)
  })
  const isPurged = pointId !== undefined && !ledger.state.points.has(pointId)
  return isPurged || ledger.state.isSwept(path)
}
