import type { Retention } from './policy.ts'

/** What retention looks at of a point. Failed backups make no point, so every point counts; one that was found damaged takes no other's place. */
export type Keepable = {
  readonly id: string
  readonly createdAt: number
  readonly pinned: boolean
  readonly labels?: readonly string[]
  /** A verification found that it cannot be restored whole. */
  readonly damaged?: boolean
}

export const keepReasons = [
  'pinned',
  'label',
  'minimum',
  'last',
  'hourly',
  'daily',
  'weekly',
  'monthly',
  'yearly',
  'everything',
] as const
export type KeepReason = (typeof keepReasons)[number]

/**
 * Which points of ONE machine in one repository stay, each with all reasons; a point that is missing would go.
 *
 * `last` keeps that many newest points. Each of the others goes back from the newest point through the hours (days, weeks
 * from Monday, months, years; local time) in which there are points, and keeps the newest point of as many of them. Pinned
 * points, and those with a label that it names, stay and count like any other. All six counts zero: everything stays. Where
 * points are damaged, what would stay if they were not there stays as well. The answer depends on nothing but the points.
 */
export function kept(points: readonly Keepable[], retention: Retention): ReadonlyMap<string, readonly KeepReason[]> {
  const all = keptOf(points, retention)
  const whole = points.filter(({ damaged }) => damaged !== true)
  if (whole.length === points.length) return all
  const wholeOnly = keptOf(whole, retention)
  const both = ({ id }: Keepable) => new Set([...(all.get(id) ?? []), ...(wholeOnly.get(id) ?? [])])
  return new Map(
    points.map((point) => [point.id, [...both(point)]] as const).filter(([, reasons]) => reasons.length > 0),
  )
}

function keptOf(points: readonly Keepable[], retention: Retention): ReadonlyMap<string, readonly KeepReason[]> {
  const newestFirst = points.toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1))
  const reasons = new Map<string, KeepReason[]>()
  const keep = (point: Keepable, reason: KeepReason): void => {
    reasons.set(point.id, [...(reasons.get(point.id) ?? []), reason])
  }
  const everything = spans.every(({ reason }) => retention[reason] === 0) && retention.last === 0
  const isLabelled = ({ labels = [] }: Keepable): boolean => labels.some((label) => retention.labels?.includes(label))
  for (const point of newestFirst.filter(({ pinned }) => pinned)) keep(point, 'pinned')
  for (const point of newestFirst.filter(isLabelled)) keep(point, 'label')
  for (const point of everything ? newestFirst : []) keep(point, 'everything')
  for (const point of newestFirst.slice(0, retention.minimum)) keep(point, 'minimum')
  for (const point of newestFirst.slice(0, retention.last)) keep(point, 'last')
  for (const { reason, spanOf } of spans) {
    for (const point of firstOfSpans(newestFirst, spanOf, retention[reason])) keep(point, reason)
  }
  return reasons
}

function firstOfSpans(
  newestFirst: readonly Keepable[],
  spanOf: (day: Date) => number,
  count: number,
): readonly Keepable[] {
  const seen = new Map<number, Keepable>()
  for (const point of newestFirst) {
    const span = spanOf(new Date(point.createdAt))
    if (!seen.has(span)) seen.set(span, point)
    if (seen.size > count) break
  }
  return [...seen.values()].slice(0, count)
}

type Span = {
  readonly reason: 'hourly' | 'daily' | 'weekly' | 'monthly' | 'yearly'
  /** Any number that all moments of one span share and no others do. */
  readonly spanOf: (moment: Date) => number
}

const spans: readonly Span[] = [
  { reason: 'hourly', spanOf: (at) => Math.floor((at.getTime() - at.getTimezoneOffset() * 60_000) / 3_600_000) },
  { reason: 'daily', spanOf: (at) => at.getFullYear() * 512 + at.getMonth() * 32 + at.getDate() },
  { reason: 'weekly', spanOf: mondayOf },
  { reason: 'monthly', spanOf: (at) => at.getFullYear() * 12 + at.getMonth() },
  { reason: 'yearly', spanOf: (at) => at.getFullYear() },
]

function mondayOf(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate() - ((at.getDay() + 6) % 7)).getTime()
}
