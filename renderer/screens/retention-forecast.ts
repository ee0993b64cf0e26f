import type { Point } from '../../shared/point.ts'
import type { Retention, Rule } from '../../shared/policy.ts'
import { type Keepable, type KeepReason, kept } from '../../shared/retention.ts'
import { startsWithin } from '../../shared/schedule.ts'
import { isIn } from '../stores/copies.ts'

/** A point with every reason why it would stay; without one it would go. */
export type Verdict = Keepable & {
  readonly reasons: readonly KeepReason[]
  /** It does not exist yet: a start to come would make it. */
  readonly imagined: boolean
}

const imaginedPrefix = 'start '

/** What the counts say of `points`, newest first. */
export function verdicts(points: readonly Keepable[], retention: Retention): readonly Verdict[] {
  const reasons = kept(points, retention)
  return points
    .toSorted((a, b) => b.createdAt - a.createdAt)
    .map((point) => ({ ...point, reasons: reasons.get(point.id) ?? [], imagined: point.id.startsWith(imaginedPrefix) }))
}

/**
 * `points` and those that the rules would make from `from` to `to`, if every start goes well. Asking for verdicts on them at
 * the end gives what removing day by day would leave: a point that is the newest of its day, week or month at the end was
 * so ever since it was made.
 */
export function withComing(
  points: readonly Keepable[],
  rules: readonly Rule[],
  from: number,
  to: number,
): readonly Keepable[] {
  const coming = startsWithin(rules, from, to).map(({ at }) => ({
    id: `${imaginedPrefix}${at}`,
    createdAt: at,
    pinned: false,
  }))
  return [...points, ...coming]
}

/** The points of one machine that lie in one repository, as retention looks at them. */
export function keepable(
  points: readonly Point[],
  repositoryId: string | undefined,
  pins: ReadonlySet<string>,
): readonly Keepable[] {
  return points
    .filter((point) => repositoryId !== undefined && isIn(point, repositoryId))
    .map(({ id, createdAt, labels = [] }) => ({ id, createdAt, pinned: pins.has(id), labels }))
}
