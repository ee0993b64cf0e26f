import { Progress, Text } from '@mantine/core'
import { IconPlayerPauseFilled } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { bytesDone, isEnded, type Run } from '../../shared/job.ts'
import { protectionStates } from '../../shared/protection.ts'
import { toFragment } from '../stores/navigation.ts'
import { durationText, percentOf, rateText } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'
import { useLife, useList, useProtection } from './console-context.tsx'
import { Name } from './name.tsx'
import { protectionTones, StateMark } from './state.tsx'

/** What runs now and how well everything is protected, wherever the reader is; and whether the engine can be heard. */
export function StatusBar(): ReactNode {
  return (
    <footer className="status">
      <Now />
      <div style={{ flex: 1 }} />
      <Worst />
    </footer>
  )
}

/** More than these are only counted. */
const shownRuns = 2

function Now(): ReactNode {
  const { t } = useTranslation()
  const life = useLife()
  const live = useList('runs').items.filter((run) => !isEnded(run.state))
  if (life !== 'up') return <Trouble text={life} />
  if (live.length === 0) {
    return (
      <Text span inherit c="dimmed">
        {t('app.idle')}
      </Text>
    )
  }
  const shown = live.toSorted((a, b) => rank(a) - rank(b)).slice(0, shownRuns)
  return (
    <>
      {shown.map((run) => (
        <LiveRun key={run.id} run={run} />
      ))}
      {live.length > shown.length ? (
        <a href={toFragment({ kind: 'activity' })}>{t('app.moreRuns', { count: live.length - shown.length })}</a>
      ) : undefined}
    </>
  )
}

function rank(run: Run): number {
  if (run.state === 'queued') return 2
  return run.paused ? 1 : 0
}

function Trouble({ text }: { readonly text: 'lost' | 'restarting' | 'refused' }): ReactNode {
  const { t } = useTranslation()
  const cause = t('failure.catalog-from-future.cause')
  return (
    <Text span inherit c="var(--mantine-color-error)" role="status">
      {text === 'refused' ? t('app.refusing', { cause }) : t(`app.${text}`)}
    </Text>
  )
}

function LiveRun({ run }: { readonly run: Run }): ReactNode {
  const { t } = useTranslation()
  const percent = percentOf(bytesDone(run.progress), run.progress.bytesTotal)
  return (
    <a href={toFragment({ kind: 'activity', runId: run.id })}>
      <span>{t(`fact.runKind.${run.kind}`)}</span>
      {run.machineName === undefined ? undefined : <Name text={run.machineName} />}
      <Pace run={run} />
      {run.state === 'queued' ? undefined : (
        <>
          <Progress.Root w={120} size={6}>
            <Progress.Section
              value={percent}
              {...(run.paused ? { color: 'gray' } : {})}
              aria-label={t('activity.progress', { name: visible(run.machineName ?? t('activity.verifyName')) })}
            />
          </Progress.Root>
          <span>{percent} %</span>
        </>
      )}
    </a>
  )
}

function Pace({ run }: { readonly run: Run }): ReactNode {
  const { t, i18n } = useTranslation()
  if (run.state === 'queued') return <span>{t('app.queued')}</span>
  if (run.paused) {
    return (
      <span className="state">
        <IconPlayerPauseFilled size={11} aria-hidden="true" />
        {t('app.paused')}
      </span>
    )
  }
  const { bytesPerSecond, secondsLeft } = run.progress
  return (
    <>
      <span>{rateText(bytesPerSecond, i18n.language)}</span>
      {secondsLeft === undefined ? undefined : <span>{durationText(secondsLeft)}</span>}
    </>
  )
}

/** How many machines are in which state, the worst first; states without machines are left out. */
function Worst(): ReactNode {
  const { t } = useTranslation()
  const all = [...useProtection().values()]
  if (all.length === 0) return undefined
  return (
    <a className="status-worst" href={toFragment({ kind: 'overview' })} title={t('app.protection')}>
      {protectionStates.map((state) => {
        const count = all.filter((each) => each.state === state).length
        if (count === 0) return undefined
        const word = t('app.counted', { word: t(`fact.protection.${state}`), count })
        return <StateMark key={state} tone={protectionTones[state]} word={word} />
      })}
    </a>
  )
}
