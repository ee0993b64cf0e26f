import type { Method } from './point.ts'
import type { Rule } from './policy.ts'

/** One start of a policy: at most one for each moment, by the method that reads most. */
export type Start = { readonly at: number; readonly method: Method }

const strength: Readonly<Record<Method, number>> = { incremental: 0, differential: 1, full: 2 }

/**
 * The starts with `from < at <= to` (milliseconds since 1970), in order. Days and hours are local time as `Date` knows it: an
 * hour that daylight saving skips is started when the clock has gone on, one that it repeats is started once.
 */
export function startsWithin(rules: readonly Rule[], from: number, to: number): readonly Start[] {
  const methods = new Map<number, Method>()
  for (let day = startOfDay(from); day.getTime() <= to; day = nextDay(day)) {
    for (const rule of rules) {
      if (!isOn(rule, day)) continue
      const at = new Date(day.getFullYear(), day.getMonth(), day.getDate(), rule.hour, rule.minute).getTime()
      const known = methods.get(at)
      if (known === undefined || strength[rule.method] > strength[known]) methods.set(at, rule.method)
    }
  }
  return [...methods]
    .map(([at, method]) => ({ at, method }))
    .filter(({ at }) => at > from && at <= to)
    .sort((a, b) => a.at - b.at)
}

/** What makes up for all of them at once: the newest of those that read most. */
export function strongestOf(starts: readonly Start[]): Start | undefined {
  return starts.reduce<Start | undefined>(
    (best, start) => (best === undefined || strength[start.method] >= strength[best.method] ? start : best),
    undefined,
  )
}

/** Every rule has a start within so many days. */
export const longestGapDays = 32

/** The first start after `from`; undefined when there are no rules. */
export function nextStart(rules: readonly Rule[], from: number): Start | undefined {
  return startsWithin(rules, from, nextDay(startOfDay(from), longestGapDays).getTime())[0]
}

function isOn({ on }: Rule, day: Date): boolean {
  switch (on.kind) {
    case 'every-day':
      return true
    case 'weekdays':
      return on.days.includes(day.getDay())
    case 'month-day':
      return day.getDate() === Math.min(on.day, lastOfMonth(day))
  }
}

function lastOfMonth(day: Date): number {
  return new Date(day.getFullYear(), day.getMonth() + 1, 0).getDate()
}

/** Midnight by the local clock; where daylight saving skips it, the day's first moment. */
export function startOfDay(at: number): Date {
  const moment = new Date(at)
  return new Date(moment.getFullYear(), moment.getMonth(), moment.getDate())
}

function nextDay(day: Date, days = 1): Date {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + days)
}
