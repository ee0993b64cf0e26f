import { Alert, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fromWire } from '../../shared/failure.ts'
import { useConsole, useList } from '../parts/console-context.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { useTask } from '../parts/use-task.ts'
import { visible } from '../text/visible.ts'
import { BackupFields, useBackupFields } from './backup-dialog-fields.tsx'
import { BackupEstimate } from './backup-estimate.tsx'
import { useBackupPlan } from './backup-plan.ts'
import { type Started, showRuns, startBackups } from './backup-start.ts'
import { NotStarted } from './policy-not-started.tsx'
import './backup.css'

type Props = { readonly machineIds: readonly string[]; readonly onClose: () => void }

/** Starts a backup of each machine now and goes where their progress is; says which could not be started, and why. */
export function BackupDialog({ machineIds, onClose }: Props): ReactNode {
  const { t } = useTranslation()
  const { calls } = useConsole()
  const task = useTask()
  const fields = useBackupFields(machineIds)
  const { choices } = fields
  const plan = useBackupPlan(choices && questionOf(machineIds, choices))
  const [started, setStarted] = useState<Started>()
  const title = useTitle(machineIds)
  const start = (): void =>
    task.start(async (signal) => {
      if (choices === undefined) return
      const result = await startBackups(calls, machineIds, choices, signal)
      const [failed] = result.failed
      if (failed !== undefined && machineIds.length === 1) throw fromWire(failed.failure)
      if (failed !== undefined) return setStarted(result)
      onClose()
      showRuns(result.runIds)
    })
  if (started !== undefined) {
    const leave = (): void => {
      onClose()
      showRuns(started.runIds)
    }
    return (
      <Dialog title={title} task={task} submit={t('backup.showActivity')} canSubmit onSubmit={leave} onClose={onClose}>
        <Alert role="alert" variant="light" color="yellow" p="sm">
          <Text fz="sm">{t('backup.someStarted', { count: started.runIds.length })}</Text>
          <Text fz="sm">{t('policies.couldNot')}</Text>
          <NotStarted failed={started.failed} />
        </Alert>
      </Dialog>
    )
  }
  return (
    <Dialog
      title={title}
      task={task}
      submit={t('backup.start')}
      canSubmit={choices !== undefined}
      onSubmit={start}
      onClose={onClose}
    >
      <BackupFields fields={fields} onClose={onClose} />
      {choices === undefined ? undefined : <BackupEstimate state={plan} />}
    </Dialog>
  )
}

type Choices = NonNullable<ReturnType<typeof useBackupFields>['choices']>

function questionOf(machineIds: readonly string[], choices: Choices): Parameters<typeof useBackupPlan>[0] {
  const { repositoryId, method, excludedDisks } = choices
  const excluded = machineIds.flatMap((machineId) => excludedDisks.map((disk) => ({ machineId, disk })))
  return { machineIds: [...machineIds], repositoryId, method, excluded }
}

function useTitle(machineIds: readonly string[]): string {
  const { t } = useTranslation()
  const machines = useList('machines').items
  const only = machineIds.length === 1 ? machines.find(({ id }) => id === machineIds[0]) : undefined
  return only === undefined
    ? t('backup.titleMany', { count: machineIds.length })
    : t('backup.title', { name: visible(only.name) })
}
