import { Alert, Button, CopyButton, Group } from '@mantine/core'
import { IconArrowBackUp, IconCircleCheck } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Run } from '../../shared/job.ts'
import { goTo, useConsole, useList } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { useTask } from '../parts/use-task.ts'
import { momentText } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'
import { usePoint } from './use-point.ts'

type Props = {
  readonly run: Run
  readonly pointId: string
  readonly onUndo: (pointId: string) => void
  readonly onAgain: () => void
  readonly onClose: () => void
}

/** What a restore has made, and the next step: look at it, start it, undo it, or try again. */
export function RestoreEnd(props: Props): ReactNode {
  const { t } = useTranslation()
  const { run, onUndo } = props
  const undoPointId = run.undoPointId
  const undo =
    undoPointId === undefined ? undefined : (
      <Button
        variant="default"
        leftSection={<IconArrowBackUp size={14} aria-hidden="true" />}
        onClick={() => onUndo(undoPointId)}
      >
        {t('restore.undoNow')}
      </Button>
    )
  if (run.state !== 'done') {
    return (
      <Group gap="xs">
        <Button onClick={props.onAgain}>{t('restore.again')}</Button>
        {undo}
      </Group>
    )
  }
  return (
    <Alert
      role="status"
      variant="default"
      color="teal"
      p="sm"
      icon={<IconCircleCheck size={18} className="tone-good" aria-hidden="true" />}
      title={<Made {...props} />}
    >
      <Group gap="xs" mt={4}>
        {run.targetKind === 'images' ? <CopyPaths run={run} /> : <MachineNext {...props} />}
        {undo}
      </Group>
    </Alert>
  )
}

function useRestoredMachine(run: Run): ReturnType<typeof useList<'machines'>>['items'][number] | undefined {
  return useList('machines').items.find(({ id }) => id === run.machineId)
}

function Made({ run, pointId }: Props): ReactNode {
  const { t, i18n } = useTranslation()
  const { point } = usePoint(pointId)
  const machine = useRestoredMachine(run)
  const name = visible(run.target ?? run.machineName ?? '')
  switch (run.targetKind) {
    case 'images':
      return t('restore.madeImages')
    case 'in-place':
      return t('restore.madeInPlace', { name, moment: momentText(point?.createdAt ?? 0, i18n.language) })
    default:
      return machine?.state === 'running' ? t('restore.madeMachineRuns', { name }) : t('restore.madeMachine', { name })
  }
}

function CopyPaths({ run }: { readonly run: Run }): ReactNode {
  const { t } = useTranslation()
  return (
    <CopyButton value={run.target ?? ''}>
      {({ copied, copy }) => (
        <Button variant="default" onClick={copy}>
          {copied ? t('common.copied') : t('restore.copyFiles')}
        </Button>
      )}
    </CopyButton>
  )
}

function MachineNext({ run, onClose }: Props): ReactNode {
  const { t } = useTranslation()
  const { calls, machines } = useConsole()
  const task = useTask()
  const machine = useRestoredMachine(run)
  const host = useList('hosts').items.find(({ id }) => id === machine?.hostId)
  if (machine === undefined) return undefined
  const show = (): void => {
    onClose()
    goTo({ kind: 'machine', machineId: machine.id })
  }
  const start = (): void =>
    task.start(async (signal) => {
      await calls.startMachine({ machineId: machine.id }, signal)
      await machines.refresh()
    })
  return (
    <>
      <Button onClick={show}>{t('restore.showMachine')}</Button>
      {machine.state === 'off' && host?.address.kind === 'libvirt' ? (
        <Button variant="default" loading={task.busy} onClick={start}>
          {t('restore.startMachine')}
        </Button>
      ) : undefined}
      {task.failure === undefined ? undefined : <FailureNote failure={task.failure} />}
    </>
  )
}
