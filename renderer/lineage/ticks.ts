import { lengthOf, type Span } from './band.ts'

/** A line on the band, by the local clock. Labelled ones have room for a text; `unit` says what that text should tell. */
export type Tick = { readonly at: number; readonly labelled: boolean; readonly unit: 'hour' | 'day' | 'month' }

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** Some ten to forty lines, of which at most a dozen are labelled. */
export function ticksOf(span: Span): readonly Tick[] {
  const days = lengthOf(span) / dayMs
  if (days <= 1.5) return hourTicks(span, 1, 3)
  if (days <= 4) return hourTicks(span, 6, 12)
  if (days <= 14) return dayTicks(span, () => true)
  if (days <= 62) return dayTicks(span, (day) => day.getDate() % 5 === 1 && day.getDate() < 31)
  if (days <= 130) return dayTicks(span, (day) => day.getDay() === 1).filter(({ labelled }) => labelled)
  return monthTicks(span, days > 430 ? 3 : 1)
}

/** Hours that local midnight begins to count: a day that daylight saving makes longer or shorter keeps round hours. */
function hourTicks(span: Span, every: number, labelEvery: number): readonly Tick[] {
  const ticks: Tick[] = []
  for (const day of daysOf(span)) {
    for (let hour = 0; hour < 24; hour += every) {
      const at = new Date(day.getFullYear(), day.getMonth(), day.getDate(), hour).getTime()
      if (at !== ticks.at(-1)?.at)
        ticks.push({ at, labelled: hour % labelEvery === 0, unit: hour === 0 ? 'day' : 'hour' })
    }
  }
  return within(span, ticks)
}

function dayTicks(span: Span, isLabelled: (day: Date) => boolean): readonly Tick[] {
  const ticks = daysOf(span).map((day) => ({ at: day.getTime(), labelled: isLabelled(day), unit: 'day' as const }))
  return within(span, ticks)
}

function monthTicks(span: Span, labelEvery: number): readonly Tick[] {
  const ticks: Tick[] = []
  const first = new Date(span.from)
  for (let month = first.getMonth(); ; month++) {
    const day = new Date(first.getFullYear(), month, 1)
    if (day.getTime() > span.to) return within(span, ticks)
    ticks.push({ at: day.getTime(), labelled: day.getMonth() % labelEvery === 0, unit: 'month' })
  }
}

function daysOf({ from, to }: Span): readonly Date[] {
  const days: Date[] = []
  const first = new Date(from)
  for (let day = first.getDate(); ; day++) {
    const next = new Date(first.getFullYear(), first.getMonth(), day)
    if (next.getTime() > to) return days
    days.push(next)
  }
}

function within({ from, to }: Span, ticks: readonly Tick[]): readonly Tick[] {
  return ticks.filter(({ at }) => at >= from && at <= to)
}
