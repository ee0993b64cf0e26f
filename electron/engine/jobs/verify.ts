import { Failure } from '../../../shared/failure.ts'
import type { PointId } from '../../../shared/point.ts'
import type { Repository } from '../repository/repository.ts'
import type { Step } from './step.ts'

export type VerifyOrder = {
  readonly repository: Repository
  /** One point; all of them when undefined. */
  readonly pointId: PointId | undefined
}

/** Reads what the points need and compares every byte with its name. Fails with `repository-damaged` after all was read; the report is kept. */
export async function verify(step: Step, order: VerifyOrder): Promise<void> {
  const report = await order.repository.verify(
    {
      pointId: order.pointId,
      async onRead(bytes, totalBytes) {
        step.meter.set('bytesTotal', totalBytes)
        step.meter.add('bytesRead', bytes)
        await step.pass(step.signal)
      },
    },
    step.signal,
  )
  step.report(report)
  if (report.damaged.length === 0) return
  const points = new Set(report.damaged.flatMap((each) => each.points))
  const first = report.damaged[0]
  throw new Failure(
    'repository-damaged',
    `${report.damaged.length} objects are damaged, ${points.size} points cannot be restored whole; first: ${first?.object}: ${first?.problem}`,
  )
}
