import { Progress } from '@mantine/core'
import type { TFunction } from 'i18next'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { bytesDone, isEnded, type Run } from '../../shared/job.ts'
import { durationText, percentOf, rateText, sizeText } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'

type Meter = 'read' | 'sent' | 'stored' | 'written' | 'rate' | 'timeLeft' | 'bottleneck' | 'duration'
type Told = readonly (readonly [Meter, string])[]

/** The numbers of a run: bytes first, then, while it lasts, rate, time left and what holds it up. */
export function RunMeters({ run }: { readonly run: Run }): ReactNode {
  const { t, i18n } = useTranslation()
  const meters = [...bytesOf(run, t, i18n.language), ...paceOf(run, t, i18n.language)]
  if (meters.length === 0) return undefined
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

/** How far a run is, read and written together. */
export function RunProgress({ run, name }: { readonly run: Run; readonly name: string }): ReactNode {
  const { t } = useTranslation()
  const percent = percentOf(bytesDone(run.progress), run.progress.bytesTotal)
  const moves = run.state === 'running' && run.paused !== true
  return (
    <div className="run-progress">
      <Progress.Root size={6} flex={1} transitionDuration={200}>
        <Progress.Section
          value={percent}
          animated={moves}
          striped={moves}
          {...(run.paused === true ? { color: 'gray' } : {})}
          aria-label={t('activity.progress', { name: visible(name) })}
        />
      </Progress.Root>
      <span className="run-percent">{percent} %</span>
    </div>
  )
}

function bytesOf(run: Run, t: TFunction, language: string): Told {
  const size = (bytes: number): string => sizeText(bytes, language)
  const { bytesTotal, bytesRead, bytesSent, bytesStored, bytesWritten } = run.progress
  if (run.state === 'queued') return []
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
      // In place both sides are read and compared first, and only what differs is written.
      if (run.targetKind === 'in-place')
        return [
          ['read', size(bytesRead)],
          ['written', size(bytesWritten)],
        ]
      return [['written', done(bytesWritten)]]
    case 'copy':
    case 'mend':
      return [
        ['read', done(bytesRead)],
        ['stored', size(bytesStored)],
      ]
    case 'files':
      return [['written', done(bytesWritten)]]
    case 'verify':
    case 'sweep':
    case 'lock':
    case 'index':
      return bytesTotal === 0 ? [] : [['read', done(bytesRead)]]
    case 'retention':
    case 'snapshot-create':
    case 'snapshot-revert':
    case 'snapshot-delete':
      return []
  }
}

function paceOf(run: Run, t: TFunction, language: string): Told {
  const { bytesPerSecond, secondsLeft, bottleneck } = run.progress
  if (run.endedAt !== undefined)
    return [['duration', durationText((run.endedAt - (run.startedAt ?? run.queuedAt)) / 1000)]]
  if (run.state === 'queued' || run.paused === true) return []
  const pace: (readonly [Meter, string])[] = []
  if (bytesPerSecond > 0) pace.push(['rate', rateText(bytesPerSecond, language)])
  if (secondsLeft !== undefined) pace.push(['timeLeft', durationText(secondsLeft)])
  if (bottleneck !== undefined) pace.push(['bottleneck', t(`activity.bottlenecks.${bottleneck}`)])
  return pace
}
