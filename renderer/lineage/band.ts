import type { PointNode } from './lineage.ts'

/** A stretch of time, in milliseconds since 1970. */
export type Span = { readonly from: number; readonly to: number }

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

export const zooms = ['day', 'week', 'month', 'year'] as const
export type Zoom = (typeof zooms)[number]

export const zoomMs: Readonly<Record<Zoom, number>> = {
  day: dayMs,
  week: 7 * dayMs,
  month: 31 * dayMs,
  year: 366 * dayMs,
}

const shortestMs = dayMs / 4
const longestMs = 2 * zoomMs.year

/**
 * The point that a moment means: the newest one at or before it. Points of the same minute are told apart by the live line:
 * its newest point wins over one of a branch. `points` are sorted by their time; undefined before the first of them.
 */
export function pointAtMoment(points: readonly PointNode[], moment: number): PointNode | undefined {
  const newest = points[countUpTo(points, moment) - 1]
  if (newest === undefined || newest.live) return newest
  const minute = Math.floor(newest.at / minuteMs)
  for (let at = points.indexOf(newest) - 1; at >= 0; at--) {
    const other = points[at]
    if (other === undefined || Math.floor(other.at / minuteMs) !== minute) break
    if (other.live) return other
  }
  return newest
}

/** How many of the sorted points lie at or before the moment. */
function countUpTo(points: readonly PointNode[], moment: number): number {
  let low = 0
  let high = points.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((points[middle]?.at ?? 0) <= moment) low = middle + 1
    else high = middle
  }
  return low
}

/** The next point later (`by` 1) or earlier (`by` -1) than the one that is chosen; itself at the ends. */
export function neighbourOf(points: readonly PointNode[], key: string | undefined, by: 1 | -1): PointNode | undefined {
  const at = points.findIndex((point) => point.key === key)
  if (at === -1) return by === 1 ? points[0] : points.at(-1)
  return points[at + by] ?? points[at]
}

/** A span of one zoom that ends a little after now, or around a moment further back. */
export function spanAround(zoom: Zoom, moment: number, now: number): Span {
  return placed(zoomMs[zoom], moment - zoomMs[zoom] / 2, now)
}

/** The span made `factor` times as long around a moment that keeps its place. */
export function zoomed(span: Span, factor: number, moment: number, now: number): Span {
  const length = Math.min(longestMs, Math.max(shortestMs, lengthOf(span) * factor))
  return placed(length, moment - shareOf(span, moment) * length, now)
}

/** Moved by a share of its own length; negative is earlier. */
export function moved(span: Span, share: number, now: number): Span {
  return placed(lengthOf(span), span.from + share * lengthOf(span), now)
}

/** The same span where the moment lies in it, else one moved so that it does. */
export function holding(span: Span, moment: number, now: number): Span {
  if (moment >= span.from && moment <= span.to) return span
  return placed(lengthOf(span), moment - lengthOf(span) / 2, now)
}

/** Nothing lies after now, so a span never ends later than a margin beyond it. */
function placed(length: number, from: number, now: number): Span {
  const end = Math.min(from + length, now + length * 0.03)
  return { from: end - length, to: end }
}

export function lengthOf({ from, to }: Span): number {
  return to - from
}

/** Where a moment lies in a span: 0 at its beginning, 1 at its end. */
export function shareOf(span: Span, moment: number): number {
  return (moment - span.from) / lengthOf(span)
}

export function momentAt(span: Span, share: number): number {
  return span.from + Math.min(1, Math.max(0, share)) * lengthOf(span)
}

const stepsMs = [minuteMs, 5 * minuteMs, 15 * minuteMs, hourMs, 3 * hourMs, 6 * hourMs, dayMs, 2 * dayMs] as const

/** What one press of an arrow key moves the moment by: a round amount, some three hundred of which fill the span. */
export function stepOf(span: Span): number {
  return stepsMs.find((step) => step >= lengthOf(span) / 300) ?? dayMs
}

/** The zoom that a span is nearest to, so that its button can look pressed; undefined in between. */
export function zoomOf(span: Span): Zoom | undefined {
  return zooms.find((zoom) => Math.abs(lengthOf(span) / zoomMs[zoom] - 1) < 0.01)
}
