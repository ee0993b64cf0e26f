import type { DayResult } from '../../shared/history.ts'
import type { Policy } from '../../shared/policy.ts'
import { startOfDay, startsWithin } from '../../shared/schedule.ts'

/** How many machines' backups went how on one day. */
export type DayTally = Readonly<Record<Exclude<DayResult, 'none'>, number>>

export type CalendarDay = {
  /** Its first moment. */
  readonly at: number
  readonly isToday: boolean
  readonly tally: DayTally
  /** Starts of policies that are still to come. */
  readonly planned: number
}

const pastWeeks = 5
const comingDays = 7

/** The days from the Monday four weeks before this one to the seventh from today, by their first moments. */
export function calendarDays(now: number): readonly number[] {
  const today = startOfDay(now)
  const sinceMonday = (today.getDay() + 6) % 7
  const count = (pastWeeks - 1) * 7 + sinceMonday + 1 + comingDays
  const first = sinceMonday + (pastWeeks - 1) * 7
  return Array.from({ length: count }, (_, at) =>
    new Date(today.getFullYear(), today.getMonth(), today.getDate() - first + at).getTime(),
  )
}

/** What `listDays` is to be asked for: the days up to today, and where today ends. */
export function pastStarts(days: readonly number[], now: number): readonly number[] {
  const past = days.filter((at) => at <= now)
  return [...past, days[past.length] ?? now]
}

/** `results` has one row for each machine, in which the days of `days` up to today stand in order. */
export function tellDays(
  days: readonly number[],
  results: readonly { readonly days: readonly DayResult[] }[],
  policies: readonly Policy[],
  now: number,
): readonly CalendarDay[] {
  const today = startOfDay(now).getTime()
  const end = new Date(days.at(-1) ?? now).setHours(24, 0, 0, 0)
  const planned = new Map<number, number>()
  for (const { enabled, rules } of policies) {
    for (const { at } of enabled ? startsWithin(rules, now, end) : []) {
      const day = startOfDay(at).getTime()
      planned.set(day, (planned.get(day) ?? 0) + 1)
    }
  }
  return days.map((at, number) => ({
    at,
    isToday: at === today,
    tally: tallyOf(results, number),
    planned: planned.get(at) ?? 0,
  }))
}

function tallyOf(results: readonly { readonly days: readonly DayResult[] }[], day: number): DayTally {
  const tally = { good: 0, warning: 0, failed: 0 }
  for (const { days } of results) {
    const result = days[day] ?? 'none'
    if (result !== 'none') tally[result]++
  }
  return tally
}
