import type { TFunction } from 'i18next'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { isEnded, type Run } from '../../shared/job.ts'
import { durationText, rateText, sizeText } from '../text/amounts.ts'

type Meter = 'read' | 'sent' | 'stored' | 'written' | 'rate' | 'timeLeft' | 'bottleneck' | 'duration'
type Told = readonly (readonly [Meter, string])[]

/** The numbers of a run: bytes first, then, while it lasts, rate, time left and what holds it up. */
export function RunMeters({ run }: { readonly run: Run }): ReactNode {
  const { t, i18n } = useTranslation()
  const meters = [...bytesOf(run, t, i18n.language), ...paceOf(run, t, i18n.language)]
  return (
    <dl className="meters">
      {meters.map(([meter, value]) => (
        <div key={meter}>
          <dt>{t(`activity.${meter}`)}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function bytesOf(run: Run, t: TFunction, language: string): Told {
  const size = (bytes: number): string => sizeText(bytes, language)
  const { bytesTotal, bytesRead, bytesSent, bytesStored, bytesWritten } = run.progress
  const done = (bytes: number): string =>
    isEnded(run.state) ? size(bytes) : t('activity.ofTotal', { done: size(bytes), total: size(bytesTotal) })
  switch (run.kind) {
    case 'backup':
      return [
        ['read', done(bytesRead)],
        ['sent', size(bytesSent)],
        ['stored', size(bytesStored)],
      ]
    case 'restore':
      return [['written', done(bytesWritten)]]
    case 'verify':
      return [['read', done(bytesRead)]]
  }
}

function paceOf(run: Run, t: TFunction, language: string): Told {
  const { bytesPerSecond, secondsLeft, bottleneck } = run.progress
  if (run.endedAt !== undefined) return [['duration', durationText((run.endedAt - run.queuedAt) / 1000)]]
  if (run.state === 'queued') return []
  const pace: (readonly [Meter, string])[] = [['rate', rateText(bytesPerSecond, language)]]
  if (secondsLeft !== undefined) pace.push(['timeLeft', durationText(secondsLeft)])
  if (bottleneck !== undefined) pace.push(['bottleneck', t(`fact.bottleneck.${bottleneck}`)])
  return pace
}
