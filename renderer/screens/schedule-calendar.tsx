import { Text, VisuallyHidden } from '@mantine/core'
import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { methods } from '../../shared/point.ts'
import type { Rule } from '../../shared/policy.ts'
import { type Start, startOfDay, startsWithin } from '../../shared/schedule.ts'
import { weekdayNames } from '../text/schedule-text.ts'
import { MethodMark } from './schedule-mark.tsx'

type Props = { readonly rules: readonly Rule[]; readonly now: number }
type Day = { readonly date: Date; readonly starts: readonly Start[] }

const weeks = 5
const shownStarts = 2

/** This week and the four after it, a column for each day of the week: what will start when. What is past is left empty. */
export function ScheduleCalendar({ rules, now }: Props): ReactNode {
  const { t, i18n } = useTranslation()
  const days = useMemo(() => daysOf(rules, now), [rules, now])
  const today = startOfDay(now).getTime()
  return (
    <section aria-label={t('backup.calendar')} className="stack-s">
      <div className="calendar-head">
        <div className="field-title">{t('backup.calendar')}</div>
        <Legend />
      </div>
      <table className="calendar">
        <thead>
          <tr>
            {weekdayNames(i18n.language, 'short').map(([day, name]) => (
              <th key={day} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: weeks }, (_, week) => (
            <tr key={days[week * 7]?.date.getTime()}>
              {days.slice(week * 7, week * 7 + 7).map((day) => (
                <DayCell key={day.date.getTime()} day={day} today={today} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Legend(): ReactNode {
  const { t } = useTranslation()
  return (
    <ul className="legend" aria-hidden="true">
      {methods.map((method) => (
        <li key={method}>
          <MethodMark method={method} />
          {t(`fact.method.${method}.word`)}
        </li>
      ))}
    </ul>
  )
}

function DayCell({ day, today }: { readonly day: Day; readonly today: number }): ReactNode {
  const { i18n } = useTranslation()
  const at = day.date.getTime()
  const isFirst = day.date.getDate() === 1
  const label = new Intl.DateTimeFormat(
    i18n.language,
    isFirst ? { month: 'short', day: 'numeric' } : { day: 'numeric' },
  )
  return (
    <td data-past={at < today} {...(at === today ? { 'aria-current': 'date' as const } : {})}>
      <time dateTime={dayText(day.date)} className="calendar-day">
        {label.format(day.date)}
      </time>
      <DayStarts starts={day.starts} />
    </td>
  )
}

function DayStarts({ starts }: { readonly starts: readonly Start[] }): ReactNode {
  const { t, i18n } = useTranslation()
  const clock = new Intl.DateTimeFormat(i18n.language, { timeStyle: 'short', hourCycle: 'h23' })
  if (starts.length <= shownStarts) {
    return starts.map(({ at, method }) => (
      <div key={at} className="calendar-start">
        <MethodMark method={method} />
        <VisuallyHidden>{t(`fact.method.${method}.word`)} </VisuallyHidden>
        {clock.format(at)}
      </div>
    ))
  }
  return methods
    .map((method) => ({ method, count: starts.filter((start) => start.method === method).length }))
    .filter(({ count }) => count > 0)
    .map(({ method, count }) => (
      <div key={method} className="calendar-start">
        <MethodMark method={method} />
        <VisuallyHidden>{t(`fact.method.${method}.word`)} </VisuallyHidden>
        <Text span inherit>
          × {count}
        </Text>
      </div>
    ))
}

function daysOf(rules: readonly Rule[], now: number): readonly Day[] {
  const today = startOfDay(now)
  const monday = today.getDate() - ((today.getDay() + 6) % 7)
  const dayAt = (offset: number): Date => new Date(today.getFullYear(), today.getMonth(), monday + offset)
  const starts = startsWithin(rules, now, dayAt(weeks * 7).getTime() - 1)
  const byDay = Map.groupBy(starts, ({ at }) => startOfDay(at).getTime())
  return Array.from({ length: weeks * 7 }, (_, offset) => {
    const date = dayAt(offset)
    return { date, starts: byDay.get(date.getTime()) ?? [] }
  })
}

function dayText(date: Date): string {
  const two = (part: number): string => String(part).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}
