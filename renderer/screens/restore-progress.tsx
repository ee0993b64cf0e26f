import { Button, Drawer, Loader, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { isEnded, type Run } from '../../shared/job.ts'
import { goTo } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { visible } from '../text/visible.ts'
import { RestoreEnd } from './restore-end.tsx'
import { RunBody } from './run-body.tsx'
import { RunControls } from './run-controls.tsx'
import { RunMark } from './run-mark.tsx'
import { useRun } from './use-run.ts'

type Props = {
  readonly runId: string
  readonly pointId: string
  /** Back to the point that was taken first. */
  readonly onUndo: (pointId: string) => void
  /** Back to the plan, after an end that was not good. */
  readonly onAgain: () => void
  readonly onClose: () => void
}

/** The restore at work, and what came of it. Closing it leaves the restore alone. */
export function RestoreProgress(props: Props): ReactNode {
  const { t } = useTranslation()
  const { run, failure } = useRun(props.runId)
  return (
    <Drawer.Root
      opened
      onClose={props.onClose}
      position="right"
      size="min(1060px, 100%)"
      transitionProps={{ duration: 0 }}
    >
      <Drawer.Overlay backgroundOpacity={0.45} />
      <Drawer.Content className="wizard">
        <div className="restore-progress">
          <div className="wizard-head">
            <Drawer.Title className="wizard-title">
              {t('restore.title', { name: visible(run?.machineName ?? '') })}
            </Drawer.Title>
            <Drawer.CloseButton aria-label={t('common.close')} />
          </div>
          <section className="wizard-body" aria-label={t('restore.running')}>
            {failure === undefined ? undefined : <FailureNote failure={failure} />}
            {run === undefined ? (
              <Text fz="sm" c="dimmed" role="status">
                <Loader size="xs" mr={8} />
                {t('restore.waiting')}
              </Text>
            ) : (
              <Told run={run} {...props} />
            )}
          </section>
          <div className="wizard-foot">
            <Button variant="subtle" color="gray" onClick={() => leave(props)}>
              {t('restore.toActivity')}
            </Button>
            <div style={{ flex: 1 }} />
            <Button data-autofocus variant="default" onClick={props.onClose}>
              {t('restore.close')}
            </Button>
          </div>
        </div>
      </Drawer.Content>
    </Drawer.Root>
  )
}

function leave({ runId, onClose }: Props): void {
  onClose()
  goTo({ kind: 'activity', runId })
}

function Told({ run, ...props }: Props & { readonly run: Run }): ReactNode {
  return (
    <>
      <div className="run-line">
        <RunMark run={run} />
        <span className="run-space" />
        <RunControls run={run} name={run.machineName ?? ''} />
      </div>
      {isEnded(run.state) ? <RestoreEnd run={run} {...props} /> : undefined}
      <RunBody run={run} />
    </>
  )
}
