const dayMs = 86_400_000

export type AxisMark = {
  readonly ageMs: number
  readonly name: 'axisNow' | 'axisDay' | 'axisWeek' | 'axisMonth' | 'axisYear' | 'axisYears'
}

const marks: readonly AxisMark[] = [
  { ageMs: 0, name: 'axisNow' },
  { ageMs: dayMs, name: 'axisDay' },
  { ageMs: 7 * dayMs, name: 'axisWeek' },
  { ageMs: 30 * dayMs, name: 'axisMonth' },
  { ageMs: 365 * dayMs, name: 'axisYear' },
  { ageMs: 5 * 365 * dayMs, name: 'axisYears' },
]

/**
 * Where an age stands between 0 (newest) and 1 (`longestMs`). Logarithmic, since retention thins out with age: hours, days
 * and weeks get about the same room.
 */
export function placeOf(ageMs: number, longestMs: number): number {
  const scale = (age: number): number => Math.log1p((4 * age) / dayMs)
  return longestMs <= 0 ? 0 : scale(ageMs) / scale(longestMs)
}

/** The ages that are written below a band that reaches back `longestMs`; those that would stand on each other are left out. */
export function axisMarks(longestMs: number): readonly AxisMark[] {
  return marks.filter(({ ageMs }) => ageMs === 0 || (ageMs <= longestMs && placeOf(ageMs, longestMs) > 0.12))
}
