import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useNow } from '../parts/moment.tsx'
import { agoText } from '../text/amounts.ts'

/** A moment to come: its day and time, and in how long, below where `stacked`. */
export function Coming(props: { readonly at: number; readonly stacked?: boolean }): ReactNode {
  const { i18n } = useTranslation()
  const now = useNow()
  const format = new Intl.DateTimeFormat(i18n.language, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  return (
    <time dateTime={new Date(props.at).toISOString()}>
      {format.format(props.at)} {props.stacked ? <br /> : undefined}
      <span className="dimmed">{agoText(Math.max(props.at, now), now, i18n.language)}</span>
    </time>
  )
}
