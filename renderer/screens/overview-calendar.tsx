import { IconAlertTriangle, IconCheck, IconClockHour4, IconX } from '@tabler/icons-react'
import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { startOfDay } from '../../shared/schedule.ts'
import { useList } from '../parts/console-context.tsx'
import { useNow } from '../parts/moment.tsx'
import { Panel } from '../parts/panel.tsx'
import { type CalendarDay, calendarDays, pastStarts, tellDays } from './overview-days.ts'
import { useDayResults } from './use-day-results.ts'

const results = [
  { result: 'good', Icon: IconCheck, tone: 'good' },
  { result: 'warning', Icon: IconAlertTriangle, tone: 'warn' },
  { result: 'failed', Icon: IconX, tone: 'bad' },
] as const

const minuteMs = 60_000

/** Five weeks of how backups went, and what is planned for the next seven days. */
export function RunCalendar(): ReactNode {
  const { t, i18n } = useTranslation()
  const nowMs = useNow()
  const now = nowMs - (nowMs % minuteMs)
  const today = startOfDay(now).getTime()
  const days = useMemo(() => calendarDays(today), [today])
  const told = useDayResults(useMemo(() => pastStarts(days, today), [days, today]))
  const policies = useList('policies').items
  const shown = useMemo(() => tellDays(days, told, policies, now), [days, told, policies, now])
  const weeks = Array.from({ length: Math.ceil(shown.length / 7) }, (_, at) => shown.slice(at * 7, at * 7 + 7))
  const weekday = new Intl.DateTimeFormat(i18n.language, { weekday: 'short' })
  return (
    <Panel area="calendar" title={t('overview.calendar')} action={<Legend />}>
      <table className="run-calendar">
        <thead>
          <tr>
            {days.slice(0, 7).map((at) => (
              <th key={at} scope="col">
                {weekday.format(at)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week[0]?.at}>
              {week.map((day) => (
                <Day key={day.at} day={day} isPast={day.at <= today} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  )
}

/** What the marks mean; they differ in form as well as in colour. */
function Legend(): ReactNode {
  const { t } = useTranslation()
  return (
    <span className="run-calendar-legend">
      {results.map(({ result, Icon, tone }) => (
        <span key={result}>
          <Icon size={13} stroke={2.4} className={`tone-${tone}`} aria-hidden="true" />
          {t(`overview.legend.${result}`)}
        </span>
      ))}
      <span>
        <IconClockHour4 size={13} className="tone-still" aria-hidden="true" />
        {t('overview.legend.planned')}
      </span>
    </span>
  )
}

function Day({ day, isPast }: { readonly day: CalendarDay; readonly isPast: boolean }): ReactNode {
  const { t, i18n } = useTranslation()
  const date = new Date(day.at)
  const parts = date.getDate() === 1 ? ({ month: 'short', day: 'numeric' } as const) : ({ day: 'numeric' } as const)
  const shownResults = results.filter(({ result }) => day.tally[result] > 0)
  const words = [
    ...shownResults.map(({ result }) => t(`overview.${result}`, { count: day.tally[result] })),
    ...(day.planned > 0 ? [t('overview.planned', { count: day.planned })] : []),
  ]
  const full = new Intl.DateTimeFormat(i18n.language, { dateStyle: 'full' }).format(date)
  const told = t('overview.day', { day: full, results: words.join(', ') || t('overview.nothing') })
  return (
    <td data-today={day.isToday} data-past={isPast} title={told}>
      <span className="run-calendar-date" aria-hidden="true">
        {new Intl.DateTimeFormat(i18n.language, parts).format(date)}
        {day.isToday ? <b> {t('overview.today')}</b> : undefined}
      </span>
      <span className="run-calendar-marks" role="img" aria-label={told}>
        {shownResults.map(({ result, Icon, tone }) => (
          <span key={result} className={`tone-${tone}`}>
            <Icon size={13} stroke={2.4} />
            {day.tally[result]}
          </span>
        ))}
        {day.planned > 0 ? (
          <span className="tone-still">
            <IconClockHour4 size={13} />
            {day.planned}
          </span>
        ) : undefined}
      </span>
    </td>
  )
}
