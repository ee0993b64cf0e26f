export const spanUnits = ['minutes', 'hours', 'days'] as const
export type SpanUnit = (typeof spanUnits)[number]

const minutesIn: Readonly<Record<SpanUnit, number>> = { minutes: 1, hours: 60, days: 1440 }

/** The span in the largest unit in which it is a whole number. */
export function splitSpan(minutes: number): { readonly amount: number; readonly unit: SpanUnit } {
  const unit = spanUnits.findLast((each) => minutes % minutesIn[each] === 0) ?? 'minutes'
  return { amount: minutes / minutesIn[unit], unit }
}

const longestMinutes = 525_600

/** Whole minutes, no more than a year; undefined for what is no span. */
export function joinSpan(amount: number, unit: SpanUnit): number | undefined {
  const minutes = Math.round(amount * minutesIn[unit])
  return minutes >= 1 && minutes <= longestMinutes ? minutes : undefined
}
