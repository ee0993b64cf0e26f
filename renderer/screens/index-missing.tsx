import { Alert, Anchor, Button } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useConsole } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { useTask } from '../parts/use-task.ts'
import { toFragment } from '../stores/navigation.ts'

type Props = {
  /** Without one there is no single thing to read. */
  readonly machineId?: string | undefined
  readonly count: number
  readonly onRead?: () => void
}

/** Says that not every point could be searched, and reads those that are missing. */
export function IndexMissing({ machineId, count, onRead }: Props): ReactNode {
  const { t } = useTranslation()
  const { calls } = useConsole()
  const task = useTask()
  const [runId, setRunId] = useState<string>()
  const read = (): void =>
    task.start(async (signal) => {
      if (machineId === undefined) return
      const started = await calls.startFileIndex({ machineId }, signal)
      setRunId(started.runId)
      onRead?.()
    })
  return (
    <Alert variant="light" color="yellow" p="xs" className="index-missing">
      {t('files.notIndexed', { count })}{' '}
      {machineId === undefined ? undefined : runId === undefined ? (
        <Button size="compact-xs" variant="default" loading={task.busy} onClick={read}>
          {t('files.indexNow')}
        </Button>
      ) : (
        <Anchor inherit href={toFragment({ kind: 'activity', runId })}>
          {t('files.showRun')}
        </Anchor>
      )}
      {task.failure === undefined ? undefined : <FailureNote failure={task.failure} />}
    </Alert>
  )
}
