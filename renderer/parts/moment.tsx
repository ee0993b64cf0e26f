import { Text } from '@mantine/core'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { agoText, momentText } from '../text/amounts.ts'

const tickMs = 20_000

/** The time of now, a little late: enough for "3 minutes ago". */
export function useNow(everyMs = tickMs): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}

/** A moment in the reader's zone, with how long ago beside it; `short` leaves the date to the title. */
export function Moment(props: { readonly at: number; readonly short?: boolean }): ReactNode {
  const { i18n } = useTranslation()
  const now = useNow()
  const full = momentText(props.at, i18n.language)
  const ago = agoText(props.at, Math.max(now, props.at), i18n.language)
  const iso = new Date(props.at).toISOString()
  if (props.short) {
    return (
      <time dateTime={iso} title={full}>
        {ago}
      </time>
    )
  }
  return (
    <time dateTime={iso}>
      {full}{' '}
      <Text span inherit c="dimmed">
        {ago}
      </Text>
    </time>
  )
}
