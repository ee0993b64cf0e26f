import { Progress, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import { isEnded, type Run } from '../../shared/job.ts'
import { toFragment } from '../stores/navigation.ts'
import { durationText, percentOf, rateText } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'
import { useConsole, useList } from './console-context.tsx'
import { Name } from './name.tsx'

/** What runs now, wherever the reader is; and whether the engine can be heard. */
export function StatusBar(): ReactNode {
  const { t } = useTranslation()
  const link = useStore(useConsole().link).state
  const live = useList('runs').items.filter((run) => !isEnded(run.state))
  const run = live.find(({ state }) => state !== 'queued') ?? live[0]
  return (
    <footer className="status">
      {link === 'down' ? (
        <Text span inherit c="var(--mantine-color-error)" role="status">
          {t('app.lost')}
        </Text>
      ) : run === undefined ? (
        <Text span inherit c="dimmed">
          {t('app.idle')}
        </Text>
      ) : (
        <Running run={run} more={live.length - 1} />
      )}
    </footer>
  )
}

function Running({ run, more }: { readonly run: Run; readonly more: number }): ReactNode {
  const { t, i18n } = useTranslation()
  const { bytesRead, bytesWritten, bytesTotal, bytesPerSecond, secondsLeft } = run.progress
  const percent = percentOf(run.kind === 'restore' ? bytesWritten : bytesRead, bytesTotal)
  return (
    <a href={toFragment({ kind: 'activity', runId: run.id })}>
      <span>{t(`fact.runKind.${run.kind}`)}</span>
      {run.machineName === undefined ? undefined : <Name text={run.machineName} />}
      <span>{rateText(bytesPerSecond, i18n.language)}</span>
      {secondsLeft === undefined ? undefined : <span>{durationText(secondsLeft)}</span>}
      <Progress.Root w={180} size={6}>
        <Progress.Section
          value={percent}
          aria-label={t('activity.progress', { name: visible(run.machineName ?? t('activity.verifyName')) })}
        />
      </Progress.Root>
      <span>{percent} %</span>
      {more > 0 ? <span>{t('app.moreRuns', { count: more })}</span> : undefined}
    </a>
  )
}
