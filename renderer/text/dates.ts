/** Writes days as `Sun, 22 Nov`, one formatter for all of them: making one costs more than using it a thousand times. */
export function dayTexts(days: readonly number[], language: string): readonly string[] {
  const format = new Intl.DateTimeFormat(language, { weekday: 'short', day: 'numeric', month: 'short' })
  return days.map((day) => format.format(day))
}

/** The labels below a band of time: hours as `06:00`, days as `22 Nov`, months as `Nov`, with the year where one begins. */
export function tickTexts(
  ticks: readonly { readonly at: number; readonly unit: 'hour' | 'day' | 'month' }[],
  language: string,
): readonly string[] {
  const hour = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const day = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' })
  const month = new Intl.DateTimeFormat(language, { month: 'short' })
  const year = new Intl.DateTimeFormat(language, { month: 'short', year: 'numeric' })
  return ticks.map(({ at, unit }) => {
    if (unit === 'hour') return hour.format(at)
    if (unit === 'day') return day.format(at)
    return (new Date(at).getMonth() === 0 ? year : month).format(at)
  })
}

const spans = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const

/** How long a stretch of time is, in its two largest units: `2 days 5 hr`, `3 min 20 sec`. */
export function distanceText(distanceMs: number, language: string): string {
  const first = spans.findIndex(([, length]) => distanceMs >= length)
  if (first === -1) return unitText(0, 'second', language)
  let left = distanceMs
  const parts = spans.slice(first, first + 2).map(([unit, length]) => {
    const amount = Math.floor(left / length)
    left -= amount * length
    return { amount, unit }
  })
  return parts
    .filter(({ amount }) => amount > 0)
    .map(({ amount, unit }) => unitText(amount, unit, language))
    .join(' ')
}

function unitText(amount: number, unit: string, language: string): string {
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short' }).format(amount)
}

/** The local time as `<input type="datetime-local">` wants it, to the second. */
export function localInput(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 19)
}

/** What was typed there as a moment; undefined while it is not a whole date and time. */
export function fromLocalInput(text: string): number | undefined {
  const at = new Date(text).getTime()
  return text === '' || Number.isNaN(at) ? undefined : at
}
