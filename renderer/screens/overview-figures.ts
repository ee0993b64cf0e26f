import type { Recovery } from '../../shared/history.ts'
import type { Point } from '../../shared/point.ts'
import type { Coverage } from '../stores/coverage.ts'

export const dayMs = 86_400_000
const windowDays = 30

/** Of a figure that every machine has: the worst with its machine, and the middle one. */
export type Spread = { readonly worst: number; readonly worstOf: Coverage; readonly median: number }

export type Freshness = {
  /** Milliseconds since the newest point. */
  readonly age: Spread | undefined
  /** Widest gap without a point in the last 30 days, in milliseconds; what could have been lost at worst. */
  readonly gap: Spread | undefined
  /** Machines without any point; no figure speaks for them. */
  readonly without: number
}

/** How much work could be, and could have been, lost: over the machines that are on a host. */
export function freshnessOf(rows: readonly Coverage[], now: number): Freshness {
  const present = rows.filter(({ machine }) => machine !== undefined)
  const backedUp = present.filter(({ points }) => points.length > 0)
  return {
    age: spreadOf(backedUp, ({ points }) => now - (points[0]?.createdAt ?? now)),
    gap: spreadOf(backedUp, ({ points }) => widestGap(points, now)),
    without: present.length - backedUp.length,
  }
}

/** `points` newest first. The time before a machine's very first point is no gap: nobody had promised anything yet. */
export function widestGap(points: readonly Point[], now: number): number {
  const begin = now - windowDays * dayMs
  let widest = 0
  let later = now
  for (const { createdAt } of points) {
    widest = Math.max(widest, later - Math.max(createdAt, begin))
    if (createdAt <= begin) break
    later = createdAt
  }
  return widest
}

function spreadOf(rows: readonly Coverage[], figure: (row: Coverage) => number): Spread | undefined {
  const sorted = rows.map((row) => ({ row, value: figure(row) })).sort((a, b) => b.value - a.value)
  const [first] = sorted
  if (first === undefined) return undefined
  return { worst: first.value, worstOf: first.row, median: medianOf(sorted.map(({ value }) => value)) }
}

/** Of sorted values, which are not empty. */
function medianOf(sorted: readonly number[]): number {
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2
}

export type ProvenTimes = {
  /** Seconds of each machine's newest whole restore; undefined while there was none. */
  readonly time: Spread | undefined
  readonly proven: number
  readonly machines: number
}

/** How long getting machines back really took, over the machines that are on a host. */
export function provenTimes(rows: readonly Coverage[], recoveries: readonly Recovery[]): ProvenTimes {
  const secondsOf = new Map(recoveries.map(({ machineId, seconds }) => [machineId, seconds]))
  const present = rows.filter(({ machine }) => machine !== undefined)
  const proven = present.filter(({ machineId }) => secondsOf.has(machineId))
  return {
    time: spreadOf(proven, ({ machineId }) => secondsOf.get(machineId) ?? 0),
    proven: proven.length,
    machines: present.length,
  }
}

export type Forecast =
  | { readonly kind: 'short-history' }
  | { readonly kind: 'steady' }
  | { readonly kind: 'fills'; readonly bytesPerDay: number; readonly days: number | undefined }

const leastDays = 3

/**
 * When a repository is full if it grows as it did in the last 30 days. A machine's first point is left out: it is stored once,
 * and what comes after it tells the pace. `points` are those of the repository.
 */
export function forecastOf(points: readonly Point[], freeBytes: number | undefined, now: number): Forecast {
  const oldest = points.reduce((least, { createdAt }) => Math.min(least, createdAt), now)
  const spanDays = Math.min(windowDays, (now - oldest) / dayMs)
  if (spanDays < leastDays) return { kind: 'short-history' }
  const firsts = firstPoints(points)
  const stored = points
    .filter((point) => point.createdAt > now - windowDays * dayMs && !firsts.has(point.id))
    .reduce((sum, { bytesStored }) => sum + bytesStored, 0)
  if (stored === 0) return { kind: 'steady' }
  const bytesPerDay = stored / spanDays
  return { kind: 'fills', bytesPerDay, days: freeBytes === undefined ? undefined : freeBytes / bytesPerDay }
}

function firstPoints(points: readonly Point[]): ReadonlySet<string> {
  const first = new Map<string, Point>()
  for (const point of points) {
    const known = first.get(point.machineId)
    if (known === undefined || point.createdAt < known.createdAt) first.set(point.machineId, point)
  }
  return new Set([...first.values()].map(({ id }) => id))
}
