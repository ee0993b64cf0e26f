import type { Retention } from '../../shared/policy.ts'
import { asLanguage } from './schedule-text.ts'
import type { Language } from './texts.ts'
import { visible } from './visible.ts'

/** The counts in the order in which the window shows them, from the newest to the oldest points. */
export const retentionCounts = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const
export type RetentionCount = (typeof retentionCounts)[number]

type Words = {
  readonly everything: string
  readonly count: Readonly<Record<RetentionCount, (count: number) => string>>
  readonly sentence: (parts: readonly string[], minimum: number) => string
  readonly labelled: (labels: readonly string[]) => string
}

function plural(one: string, many: string): (count: number) => string {
  return (count) => (count === 1 ? one : many.replace('#', String(count)))
}

const words: Readonly<Record<Language, Words>> = {
  en: {
    everything: 'Every point stays',
    count: {
      last: plural('the newest point', 'the newest # points'),
      hourly: plural('one of the newest hour', 'one for each of # hours'),
      daily: plural('one of the newest day', 'one for each of # days'),
      weekly: plural('one of the newest week', 'one for each of # weeks'),
      monthly: plural('one of the newest month', 'one for each of # months'),
      yearly: plural('one of the newest year', 'one for each of # years'),
    },
    labelled: (labels) => `; points labelled ${labels.join(', ')} stay too`,
    sentence: (parts, minimum) =>
      `Keep ${new Intl.ListFormat('en').format(parts)}; never fewer than ${minimum} ${minimum === 1 ? 'point' : 'points'}`,
  },
  'zh-CN': {
    everything: '保留所有还原点',
    count: {
      last: (count) => `最新的 ${count} 个还原点`,
      hourly: (count) => `最近 ${count} 小时每小时一个`,
      daily: (count) => `最近 ${count} 天每天一个`,
      weekly: (count) => `最近 ${count} 周每周一个`,
      monthly: (count) => `最近 ${count} 个月每月一个`,
      yearly: (count) => `最近 ${count} 年每年一个`,
    },
    labelled: (labels) => `；带有标签 ${labels.join('、')} 的也保留`,
    sentence: (parts, minimum) => `保留${parts.join('，')}；至少保留 ${minimum} 个`,
  },
}

/** What the counts mean, in one sentence. Hours, days, weeks, months and years count only where there are points. */
export function retentionText(retention: Retention, spoken: string): string {
  const { everything, count, sentence, labelled } = words[asLanguage(spoken)]
  const parts = retentionCounts.filter((key) => retention[key] > 0).map((key) => count[key](retention[key]))
  if (parts.length === 0) return everything
  const { labels = [], minimum } = retention
  return `${sentence(parts, minimum)}${labels.length === 0 ? '' : labelled(labels.map(visible))}`
}
