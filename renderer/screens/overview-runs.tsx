import { Anchor, Progress, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { bytesDone, isEnded, type Run } from '../../shared/job.ts'
import { useList } from '../parts/console-context.tsx'
import { Moment, useNow } from '../parts/moment.tsx'
import { Name } from '../parts/name.tsx'
import { Panel } from '../parts/panel.tsx'
import { RunState } from '../parts/state.tsx'
import { toFragment } from '../stores/navigation.ts'
import { percentOf } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'
import { dayMs } from './overview-figures.ts'
import { useRunNames } from './run-name.ts'

const shownRuns = 4
const latelyDays = 7

/** What is at work, and what failed lately and why. */
export function RunsPanel(): ReactNode {
  const { t } = useTranslation()
  const now = useNow()
  const runs = useList('runs').items
  const live = runs.filter((run) => !isEnded(run.state))
  const failed = runs.filter((run) => run.state === 'failed' && run.queuedAt > now - latelyDays * dayMs)
  return (
    <Panel
      area="runs"
      title={t('overview.runs')}
      action={
        <Anchor fz="sm" href={toFragment({ kind: 'activity' })}>
          {t('overview.allRuns')}
        </Anchor>
      }
    >
      <RunsOf title={t('overview.underWay')} runs={live} empty={t('overview.nothingRuns')} />
      <RunsOf title={t('overview.failedLately')} runs={failed} empty={t('overview.nothingFailed')} />
    </Panel>
  )
}

type Props = { readonly title: string; readonly runs: readonly Run[]; readonly empty: string }

function RunsOf({ title, runs, empty }: Props): ReactNode {
  const { t } = useTranslation()
  const nameOf = useRunNames()
  return (
    <section className="overview-part" aria-label={title}>
      <Text component="h3" fz="xs" fw={500} c="dimmed" m={0}>
        {title}
      </Text>
      {runs.length === 0 ? <Text fz="sm">{empty}</Text> : undefined}
      <ul className="plain-rows">
        {runs.slice(0, shownRuns).map((run) => (
          <RunRow key={run.id} run={run} name={nameOf(run)} />
        ))}
      </ul>
      {runs.length > shownRuns ? (
        <Text fz="xs" c="dimmed">
          {t('overview.moreFailed', { count: runs.length - shownRuns })}
        </Text>
      ) : undefined}
    </section>
  )
}

function RunRow({ run, name }: { readonly run: Run; readonly name: string }): ReactNode {
  const { t } = useTranslation()
  return (
    <li className="wrapping">
      <Anchor
        fz="sm"
        fw={550}
        c="var(--mantine-color-text)"
        miw={0}
        flex={1}
        href={toFragment({ kind: 'activity', runId: run.id })}
      >
        <Name text={`${t(`fact.runKind.${run.kind}`)} · ${name}`} />
      </Anchor>
      {isEnded(run.state) ? (
        <Text span fz="xs" c="dimmed">
          <Moment at={run.queuedAt} short />
        </Text>
      ) : (
        <RunState run={run} />
      )}
      {run.failure === undefined ? undefined : (
        <Text fz="xs" c="var(--mantine-color-error)" flex="0 0 100%">
          {t(`failure.${run.failure.code}.cause`)}
        </Text>
      )}
      {isEnded(run.state) || run.state === 'queued' ? undefined : (
        <Progress.Root size={5} flex="0 0 100%">
          <Progress.Section
            value={percentOf(bytesDone(run.progress), run.progress.bytesTotal)}
            aria-label={t('activity.progress', { name: visible(name) })}
          />
        </Progress.Root>
      )}
    </li>
  )
}
