import { Failure } from '../../../shared/failure.ts'
import type { PointId } from '../../../shared/point.ts'
import { sentence } from '../../../shared/sentences.ts'
import type { Repository, VerifyOptions } from '../repository/repository.ts'
import type { Step } from './step.ts'

/** Which packs a verification that was cut off has read, and where this one notes what it reads. */
type PackChecks = {
  freshAt(pack: string): number | undefined
  put(pack: string, isWhole: boolean): void
  /** Makes what was put durable. */
  flush(): void
}

export type VerifyOrder = {
  readonly repository: Repository
  /** One point; all of them when undefined. */
  readonly pointId: PointId | undefined
  /** Without these everything is read and nothing noted. One point is always read whole. */
  readonly checks?: PackChecks
}

/** Reads what the points need and compares every byte with its name. Fails with `repository-damaged` after all was read; the report is kept.
 * Bad packs that no point needs are said, and fail nothing. */
export async function verify(step: Step, order: VerifyOrder): Promise<void> {
  const { repository, pointId, checks } = order
  const noted = noting(checks, pointId === undefined)
  try {
    const report = await repository.verify(
      {
        pointId,
        ...noted.options,
        async onRead(bytes, totalBytes) {
          step.meter.set('bytesTotal', totalBytes)
          step.meter.add('bytesRead', bytes)
          await step.pass(step.signal)
        },
      },
      step.signal,
    )
    step.report({ ...report, ...noted.since() })
    const unneeded = report.unneeded?.length ?? 0
    if (unneeded > 0) step.warn(sentence('bad-packs-unneeded', { count: String(unneeded) }))
    if (report.damaged.length === 0) return
    const points = new Set(report.damaged.flatMap((each) => each.points))
    const first = report.damaged[0]
    throw new Failure(
      'repository-damaged',
      `${report.damaged.length} objects are damaged, ${points.size} points cannot be restored whole; first: ${first?.object}: ${first?.problem}`,
    )
  } finally {
    checks?.flush()
  }
}

type Noting = {
  readonly options: Pick<VerifyOptions, 'isFresh' | 'onPack'>
  /** When the oldest of what was not read again was read. */
  since(): { readonly since?: number }
}

function noting(checks: PackChecks | undefined, mayPass: boolean): Noting {
  if (checks === undefined) return { options: {}, since: () => ({}) }
  let oldest = Number.POSITIVE_INFINITY
  const onPack = (pack: string, isWhole: boolean): void => checks.put(pack, isWhole)
  const isFresh = (pack: string): boolean => {
    const at = checks.freshAt(pack)
    oldest = Math.min(oldest, at ?? oldest)
    return at !== undefined
  }
  return {
    options: mayPass ? { isFresh, onPack } : { onPack },
    since: () => (Number.isFinite(oldest) ? { since: oldest } : {}),
  }
}
