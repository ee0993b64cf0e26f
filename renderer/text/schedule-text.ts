import type { Method } from '../../shared/point.ts'
import type { Rule } from '../../shared/policy.ts'
import type { Language } from './texts.ts'

/** Rules of one method on the same days, with all their times in order: what a person would say in one sentence. */
export type RuleGroup = {
  readonly method: Method
  readonly on: Rule['on']
  readonly times: readonly string[]
}

type Words = {
  readonly byHand: string
  readonly method: Readonly<Record<Method, string>>
  readonly everyDay: string
  readonly workingDays: string
  /** How wide the names of days are that stand in a sentence. */
  readonly width: 'long' | 'short'
  readonly weekdays: (names: string) => string
  readonly monthDay: (day: number) => string
  readonly everyHours: (hours: number, first: string) => string
  readonly sentence: (method: string, days: string, times: string) => string
  readonly rhythm: (method: string, rhythm: string) => string
}

const words: Readonly<Record<Language, Words>> = {
  en: {
    byHand: 'Only by hand',
    method: { full: 'Full', incremental: 'Incremental', differential: 'Differential' },
    everyDay: 'every day',
    workingDays: 'on Monday to Friday',
    width: 'long',
    weekdays: (names) => `on ${names}`,
    monthDay: (day) => `on the ${ordinal(day)}${day > 28 ? ' (or last day)' : ''} of each month`,
    everyHours: (hours, first) => `${hours === 1 ? 'every hour' : `every ${hours} hours`}, first at ${first}`,
    sentence: (method, days, times) => `${method} ${days} at ${times}`,
    rhythm: (method, rhythm) => `${method} ${rhythm}`,
  },
  'zh-CN': {
    byHand: '仅手动启动',
    method: { full: '完整备份', incremental: '增量备份', differential: '差异备份' },
    everyDay: '每天',
    workingDays: '每周一至周五',
    width: 'short',
    weekdays: (names) => `每${names}`,
    monthDay: (day) => (day > 28 ? `每月 ${day} 日（当月无此日则为最后一天）` : `每月 ${day} 日`),
    everyHours: (hours, first) => `每 ${hours} 小时一次（从 ${first} 起）`,
    sentence: (method, days, times) => `${days} ${times} ${method}`,
    rhythm: (method, rhythm) => `${rhythm}${method}`,
  },
}

/** Rules grouped by method and days, in the order in which they first stand. Equal times of one group are one. */
export function groupRules(rules: readonly Rule[]): readonly RuleGroup[] {
  const groups = Map.groupBy(rules, ({ method, on }) => `${method} ${dayKey(on)}`)
  return [...groups.values()].flatMap((same) => {
    const [first] = same
    if (first === undefined) return []
    return [{ method: first.method, on: first.on, times: [...new Set(same.map(timeText))].sort() }]
  })
}

/** One sentence for each group: `Full on Sunday at 22:00`. Without rules it says that only a person starts anything. */
export function scheduleSentences(rules: readonly Rule[], spoken: string): readonly string[] {
  const language = asLanguage(spoken)
  if (rules.length === 0) return [words[language].byHand]
  return groupRules(rules).map((group) => groupSentence(group, language))
}

/** The one of our languages that a page in `spoken` is written in. */
export function asLanguage(spoken: string): Language {
  return spoken === 'zh-CN' ? spoken : 'en'
}

/** `22:00`, the same in every language: a night's work is not to be mistaken for an afternoon's. */
function timeText({ hour, minute }: Pick<Rule, 'hour' | 'minute'>): string {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
}

/** Names of the days of the week, Monday first, as `[day, name]` with the day as `Date` counts it. */
export function weekdayNames(language: string, width: 'long' | 'short'): readonly (readonly [number, string])[] {
  const format = new Intl.DateTimeFormat(language, { weekday: width, timeZone: 'UTC' })
  // 1 January 2024 was a Monday.
  return [1, 2, 3, 4, 5, 6, 0].map((day) => [day, format.format(Date.UTC(2024, 0, day === 0 ? 7 : day))])
}

function groupSentence({ method, on, times }: RuleGroup, language: Language): string {
  const { method: methods, sentence, rhythm, everyHours } = words[language]
  const hours = on.kind === 'every-day' ? evenHours(times) : undefined
  const [first] = times
  if (hours !== undefined && first !== undefined) return rhythm(methods[method], everyHours(hours, first))
  return sentence(methods[method], daysText(on, language), listText(times, language))
}

function daysText(on: Rule['on'], language: Language): string {
  const { everyDay, workingDays, width, weekdays, monthDay } = words[language]
  switch (on.kind) {
    case 'every-day':
      return everyDay
    case 'month-day':
      return monthDay(on.day)
    case 'weekdays': {
      if (dayKey(on) === 'week 12345') return workingDays
      const named = weekdayNames(language, width).filter(([day]) => on.days.includes(day))
      return named.length === 7
        ? everyDay
        : weekdays(
            listText(
              named.map(([, name]) => name),
              language,
            ),
          )
    }
  }
}

function listText(items: readonly string[], language: Language): string {
  return language === 'zh-CN' ? items.join('、') : new Intl.ListFormat(language, { type: 'conjunction' }).format(items)
}

/** The distance in hours when times repeat evenly round the whole day, as every 4 hours do; undefined otherwise. */
function evenHours(times: readonly string[]): number | undefined {
  if (times.length < 3 || 24 % times.length !== 0) return undefined
  const minutes = times.map((time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3)))
  const stepMinutes = (24 / times.length) * 60
  const isEven = minutes.every((minute, at) => minute - (minutes[0] ?? 0) === at * stepMinutes)
  return isEven ? stepMinutes / 60 : undefined
}

function dayKey(on: Rule['on']): string {
  switch (on.kind) {
    case 'every-day':
      return 'day'
    case 'weekdays':
      return `week ${on.days.toSorted().join('')}`
    case 'month-day':
      return `month ${on.day}`
  }
}

function ordinal(day: number): string {
  const endings = { one: 'st', two: 'nd', few: 'rd', other: 'th', many: 'th', zero: 'th' } as const
  return `${day}${endings[new Intl.PluralRules('en', { type: 'ordinal' }).select(day)]}`
}
