import { ActionIcon, Button, Progress, Text } from '@mantine/core'
import { IconArchive, IconChevronDown, IconChevronRight, IconHistory, IconShieldCheck } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isEnded, type Run } from '../../shared/job.ts'
import { useConsole, useList } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { Moment } from '../parts/moment.tsx'
import { Name } from '../parts/name.tsx'
import { hasFoundDamage, RunState } from '../parts/state.tsx'
import { useTask } from '../parts/use-task.ts'
import { percentOf } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'
import { RunDetails } from './run-details.tsx'
import { RunMeters } from './run-meters.tsx'

const icons = { backup: IconArchive, restore: IconHistory, verify: IconShieldCheck } as const

type Props = { readonly run: Run; readonly chosen: boolean }

/** One run: what, of what, how far; its failure stands open, its details open on demand. */
export function RunCard({ run, chosen }: Props): ReactNode {
  const { t } = useTranslation()
  const [toggled, setToggled] = useState<boolean>()
  const open = toggled ?? (chosen || hasFoundDamage(run))
  const name = useRunName(run)
  const Icon = icons[run.kind]
  const Chevron = open ? IconChevronDown : IconChevronRight
  return (
    <article className="run" aria-label={`${t(`fact.runKind.${run.kind}`)} ${visible(name)}`}>
      <div className="run-head">
        <ActionIcon
          size="sm"
          aria-expanded={open}
          aria-label={open ? t('common.hideDetails') : t('common.showDetails')}
          onClick={() => setToggled(!open)}
        >
          <Chevron size={15} aria-hidden="true" />
        </ActionIcon>
        <Icon size={17} aria-hidden="true" />
        <Text span inherit>
          {t(`fact.runKind.${run.kind}`)}
        </Text>
        <Text span inherit fw={600} miw={0} style={{ flex: 1, overflow: 'hidden' }}>
          <Name text={name} />
        </Text>
        <Text span inherit c="dimmed">
          <Moment at={run.queuedAt} short />
        </Text>
        <RunState run={run} />
        {isEnded(run.state) ? undefined : <CancelButton run={run} />}
      </div>
      {isEnded(run.state) ? undefined : <RunProgress run={run} name={name} />}
      <RunMeters run={run} />
      {run.failure === undefined || run.state === 'cancelled' ? undefined : (
        <div className="run-failure">
          <FailureNote failure={run.failure} context={`${run.kind} ${run.id}`} />
        </div>
      )}
      {open ? <RunDetails run={run} /> : undefined}
    </article>
  )
}

/** Verifications of a whole repository have no machine; the folder stands for them. */
export function useRunName(run: Run): string {
  const { t } = useTranslation()
  const repository = useList('repositories').items.find(({ id }) => id === run.repositoryId)
  return run.machineName ?? repository?.address.folder ?? t('activity.verifyName')
}

function RunProgress({ run, name }: { readonly run: Run; readonly name: string }): ReactNode {
  const { t } = useTranslation()
  const { bytesRead, bytesWritten, bytesTotal } = run.progress
  const percent = percentOf(run.kind === 'restore' ? bytesWritten : bytesRead, bytesTotal)
  return (
    <Progress.Root size={6} mt={10} ml={36} transitionDuration={200}>
      <Progress.Section
        value={percent}
        animated={run.state === 'running'}
        striped={run.state === 'running'}
        aria-label={t('activity.progress', { name: visible(name) })}
      />
    </Progress.Root>
  )
}

function CancelButton({ run }: { readonly run: Run }): ReactNode {
  const { t } = useTranslation()
  const { calls } = useConsole()
  const task = useTask()
  const cancel = (): void =>
    task.start(async (signal) => {
      await calls.cancelRun({ runId: run.id }, signal)
    })
  return (
    <Button
      size="compact-xs"
      variant="default"
      loading={task.busy}
      disabled={run.state === 'cancelling'}
      onClick={cancel}
    >
      {t('activity.cancelRun')}
    </Button>
  )
}
