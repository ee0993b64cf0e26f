import { Alert, Button, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Machine } from '../../shared/machine.ts'
import type { Obstacle, RestorePlan } from '../../shared/plan.ts'
import { goTo, useConsole, useList } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { useTask } from '../parts/use-task.ts'
import { visible } from '../text/visible.ts'
import { freeName, type RestoreForm } from './restore-form.ts'

export type FixStep = 'what' | 'where'

type Props = {
  readonly plan: RestorePlan
  readonly machine: Machine | undefined
  readonly form: RestoreForm
  readonly onChange: (part: Partial<RestoreForm>) => void
  readonly onStep: (step: FixStep) => void
  readonly onOpenRepository: () => void
  readonly onClose: () => void
}

/** What is in the way of the restore, each with the fix beside it. It goes by itself once the world has changed. */
export function RestoreObstacles(props: Props): ReactNode {
  const { t } = useTranslation()
  const { obstacles } = props.plan
  if (obstacles.length === 0) return undefined
  return (
    <Alert
      role="alert"
      variant="light"
      color="yellow"
      p="sm"
      icon={<IconAlertTriangle size={18} aria-hidden="true" />}
      title={t('restore.obstaclesTitle')}
    >
      <ul className="obstacles">
        {obstacles.map((obstacle) => (
          <li key={obstacle}>
            <Text span fz="sm">
              {t(`fact.obstacle.${obstacle}`)}
            </Text>
            <Fix obstacle={obstacle} {...props} />
          </li>
        ))}
      </ul>
    </Alert>
  )
}

function Fix(props: Props & { readonly obstacle: Obstacle }): ReactNode {
  const { t } = useTranslation()
  const { form, onChange, onStep } = props
  const machines = useList('machines').items
  switch (props.obstacle) {
    case 'machine-running':
      return <ShutDown machine={props.machine} />
    case 'machine-gone':
    case 'size-differs':
      return <Step text={t('restore.toNewMachine')} onClick={() => toNewMachine(onChange, onStep)} />
    case 'name-taken': {
      const name = freeName(form.name.trim(), form.hostId, machines)
      return <Step text={t('restore.useName', { name: visible(name) })} onClick={() => onChange({ name })} />
    }
    case 'folder-unusable':
    case 'files-exist':
    case 'no-space':
      return <Step text={t('restore.otherFolder')} onClick={() => onStep('where')} />
    case 'no-disk-left':
      return <Step text={t('restore.toDisks')} onClick={() => onStep('what')} />
    case 'repository-not-open':
      return <Step text={t('repositories.open')} onClick={props.onOpenRepository} />
    case 'machine-busy':
      return <Step text={t('restore.toActivity')} onClick={() => leaveTo('activity', props)} />
    case 'host-unreachable':
      return <Step text={t('restore.toHosts')} onClick={() => leaveTo('hosts', props)} />
  }
}

function toNewMachine(onChange: Props['onChange'], onStep: Props['onStep']): void {
  onChange({ kind: 'new-machine', disks: undefined })
  onStep('where')
}

function leaveTo(kind: 'activity' | 'hosts', { onClose }: Props): void {
  onClose()
  goTo({ kind })
}

function Step(props: { readonly text: string; readonly onClick: () => void }): ReactNode {
  return (
    <Button size="compact-xs" variant="default" onClick={props.onClick}>
      {props.text}
    </Button>
  )
}

function ShutDown({ machine }: { readonly machine: Machine | undefined }): ReactNode {
  const { t } = useTranslation()
  const { calls, machines } = useConsole()
  const task = useTask()
  const [asked, setAsked] = useState(false)
  if (machine === undefined) return undefined
  const shutDown = (): void =>
    task.start(async (signal) => {
      await calls.shutDownMachine({ machineId: machine.id }, signal)
      setAsked(true)
      await machines.refresh()
    })
  return (
    <>
      <Button size="compact-xs" variant="default" loading={task.busy} onClick={shutDown}>
        {t('restore.shutDown')}
      </Button>
      {asked && task.failure === undefined ? (
        <Text span fz="sm" c="dimmed" role="status">
          {t('restore.shuttingDown')}
        </Text>
      ) : undefined}
      {task.failure === undefined ? undefined : <FailureNote failure={task.failure} />}
    </>
  )
}
