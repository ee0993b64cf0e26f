import type { Method } from '../../shared/point.ts'
import type { Rule } from '../../shared/policy.ts'
import { groupRules } from '../text/schedule-text.ts'

/** Rules of one method on the same days as a person types them: `22:00`, or `06:00, 12:00, 18:00`. */
export type RuleDraft = {
  /** Tells drafts apart while they are edited. */
  readonly key: number
  readonly method: Method
  readonly on: Rule['on']
  readonly times: string
}

/** The contract takes no more rules of one policy. */
export const mostRules = 50

export function draftsOf(rules: readonly Rule[]): readonly RuleDraft[] {
  return groupRules(rules).map(({ method, on, times }, key) => ({ key, method, on, times: times.join(', ') }))
}

/** A key that none of `drafts` has. */
export function freshKey(drafts: readonly RuleDraft[]): number {
  return Math.max(-1, ...drafts.map(({ key }) => key)) + 1
}

/** What keeps a draft from being rules: no or a wrong time, or no day of the week. */
export function ruleLacks(draft: RuleDraft): 'times' | 'days' | undefined {
  if (readTimes(draft.times) === undefined) return 'times'
  return draft.on.kind === 'weekdays' && draft.on.days.length === 0 ? 'days' : undefined
}

/** The rules of all drafts that lack nothing. */
export function rulesOf(drafts: readonly RuleDraft[]): readonly Rule[] {
  return drafts
    .filter((draft) => ruleLacks(draft) === undefined)
    .flatMap(({ method, on, times }) => (readTimes(times) ?? []).map((time) => ({ method, on, ...time })))
}

type Time = Pick<Rule, 'hour' | 'minute'>

/** Times of a day apart by commas or blanks, Chinese ones too; undefined when one of them is none, or there is none. */
export function readTimes(text: string): readonly Time[] | undefined {
  const parts = text.split(/[\s,，、;；]+/).filter((part) => part !== '')
  const times = parts.map(readTime)
  return times.length > 0 && times.every((time) => time !== undefined) ? times : undefined
}

function readTime(text: string): Time | undefined {
  const [, hour, minute] = /^([01]?\d|2[0-3])[:：]([0-5]\d)$/.exec(text) ?? []
  return hour === undefined ? undefined : { hour: Number(hour), minute: Number(minute) }
}

const everyDay = { kind: 'every-day' } as const
const sunday = { kind: 'weekdays', days: [0] } as const satisfies { kind: string; days: readonly number[] }

/** Distances in hours that fit into a day. */
export const rhythms = [1, 2, 3, 4, 6, 8, 12] as const

export type Template =
  | { readonly kind: 'nightly' }
  | { readonly kind: 'hours'; readonly hours: number }
  | { readonly kind: 'by-hand' }

/** The rules of a template; where two rules meet, the one that reads more wins (see `schedule.ts`). */
export function templateRules(template: Template): readonly Rule[] {
  const full: Rule = { method: 'full', on: { ...sunday, days: [...sunday.days] }, hour: 22, minute: 0 }
  switch (template.kind) {
    case 'nightly':
      return [
        { method: 'incremental', on: everyDay, hour: 22, minute: 0 },
        full,
        { method: 'differential', on: { kind: 'month-day', day: 1 }, hour: 22, minute: 0 },
      ]
    case 'hours': {
      const times = Array.from({ length: 24 / template.hours }, (_, at) => at * template.hours)
      const often = times.map((hour): Rule => ({ method: 'incremental', on: everyDay, hour, minute: 0 }))
      return [...often, { ...full, hour: times.findLast((hour) => hour <= 22) ?? 0 }]
    }
    case 'by-hand':
      return []
  }
}

const templates: readonly Template[] = [
  { kind: 'nightly' },
  { kind: 'by-hand' },
  ...rhythms.map((hours) => ({ kind: 'hours', hours }) as const),
]

/** The template that says just what `rules` say; undefined when a person changed something. */
export function templateOf(rules: readonly Rule[]): Template | undefined {
  return templates.find((template) => said(templateRules(template)) === said(rules))
}

function said(rules: readonly Rule[]): string {
  return JSON.stringify(groupRules(rules).map(({ method, on, times }) => [method, on.kind, on, times]))
}
