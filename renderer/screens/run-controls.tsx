import { Button } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { isEnded, type Run } from '../../shared/job.ts'
import { useConsole } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { useTask } from '../parts/use-task.ts'
import { visible } from '../text/visible.ts'

/** Pause or go on, and cancel: as long as the run lasts. */
export function RunControls({ run, name }: { readonly run: Run; readonly name: string }): ReactNode {
  const { t } = useTranslation()
  const { calls } = useConsole()
  const task = useTask()
  if (isEnded(run.state)) return undefined
  const named = visible(t('activity.runOf', { kind: t(`fact.runKind.${run.kind}`), name }))
  const call = (name: 'pauseRun' | 'resumeRun' | 'cancelRun'): void =>
    task.start(async (signal) => {
      await calls[name]({ runId: run.id }, signal)
    })
  const pausing = run.paused === true ? 'resume' : 'pause'
  const Icon = run.paused === true ? IconPlayerPlay : IconPlayerPause
  const shared = { size: 'compact-xs', variant: 'default', disabled: task.busy || run.state === 'cancelling' } as const
  return (
    <div className="run-controls">
      <Button
        {...shared}
        aria-label={`${t(`activity.${pausing}`)} ${named}`}
        leftSection={<Icon size={13} aria-hidden="true" />}
        onClick={() => call(`${pausing}Run`)}
      >
        {t(`activity.${pausing}`)}
      </Button>
      <Button
        {...shared}
        aria-label={`${t('activity.cancelRun')} ${named}`}
        leftSection={<IconPlayerStop size={13} aria-hidden="true" />}
        onClick={() => call('cancelRun')}
      >
        {t('activity.cancelRun')}
      </Button>
      {task.failure === undefined ? undefined : <FailureNote failure={task.failure} />}
    </div>
  )
}
