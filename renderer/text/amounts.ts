const steps = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** A size in binary units with at most three significant digits: `0 B`, `1.5 MiB`, `843 GiB`. */
export function sizeText(bytes: number, language: string): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), steps.length - 1)
  const amount = bytes / 1024 ** power
  const digits = power === 0 || amount >= 100 ? 0 : 1
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(amount)} ${steps[power]}`
}

export function rateText(bytesPerSecond: number, language: string): string {
  return `${sizeText(bytesPerSecond, language)}/s`
}

/** Minutes and seconds, with hours only where there are some: `0:07`, `12:30`, `3:05:09`. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const minutes = Math.floor(whole / 60) % 60
  const hours = Math.floor(whole / 3600)
  const padded = (value: number): string => String(value).padStart(2, '0')
  return hours === 0 ? `${minutes}:${padded(whole % 60)}` : `${hours}:${padded(minutes)}:${padded(whole % 60)}`
}

/**
 * Date and time in the reader's zone, to the second, because two points may lie within one minute; in 24 hours, because a
 * night's work is not to be mistaken for an afternoon's.
 */
export function momentText(at: number, language: string, format = momentFormat(language)): string {
  return format.format(at)
}

/** For lists: making a formatter costs more than using it a hundred times. */
export function momentFormat(language: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' })
}

export function agoFormat(language: string): Intl.RelativeTimeFormat {
  return new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
}

const spans = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const

/** How long ago, in the largest unit that fits: `3 hours ago`. Under a minute it is now. */
export function agoText(at: number, now: number, language: string, format = agoFormat(language)): string {
  const seconds = Math.round((at - now) / 1000)
  const span = spans.find(([, length]) => Math.abs(seconds) >= length)
  return span === undefined ? format.format(0, 'second') : format.format(Math.trunc(seconds / span[1]), span[0])
}

const shortestDays = 2

/** A span in the largest unit in which it is more than a little: `45 minutes`, `26 hours`, `3.5 days`. */
export function spanText(spanMs: number, language: string): string {
  const minutes = Math.max(0, spanMs) / 60_000
  const [amount, unit] =
    minutes < 60
      ? [Math.round(minutes), 'minute']
      : minutes < shortestDays * 1440
        ? [minutes / 60, 'hour']
        : [minutes / 1440, 'day']
  const digits = amount < 10 ? 1 : 0
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit,
    unitDisplay: 'long',
    maximumFractionDigits: digits,
  }).format(amount)
}

/** Share of the work that is done, 0 to 100; nothing to do yet is 0. */
export function percentOf(done: number, total: number): number {
  return total <= 0 ? 0 : Math.min(100, Math.floor((done / total) * 100))
}
