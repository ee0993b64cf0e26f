import { Anchor, Button, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { isEnded, type Run } from '../../shared/job.ts'
import { goTo, useList } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { useTask } from '../parts/use-task.ts'
import { toFragment } from '../stores/navigation.ts'

type Props = {
  readonly label: string
  readonly kind: Run['kind']
  readonly repositoryId: string
  readonly start: (signal: AbortSignal) => Promise<{ readonly runId: string }>
}

/** Starts a run of a repository and leads to it; while one of its kind is under way there, the way to that one. */
export function StartRun({ label, kind, repositoryId, start }: Props): ReactNode {
  const { t } = useTranslation()
  const task = useTask()
  const going = useList('runs').items.find(
    (run) => run.kind === kind && run.repositoryId === repositoryId && !isEnded(run.state),
  )
  if (going !== undefined) {
    return (
      <Text fz="sm" role="status">
        {t('upkeep.underWay')}{' '}
        <Anchor inherit href={toFragment({ kind: 'activity', runId: going.id })}>
          {t('upkeep.showRun')}
        </Anchor>
      </Text>
    )
  }
  const begin = (): void =>
    task.start(async (signal) => {
      const { runId } = await start(signal)
      goTo({ kind: 'activity', runId })
    })
  return (
    <>
      <Button size="compact-sm" variant="default" loading={task.busy} onClick={begin}>
        {label}
      </Button>
      {task.failure === undefined ? undefined : <FailureNote failure={task.failure} />}
    </>
  )
}
