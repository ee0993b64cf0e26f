import { List, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host } from '../../shared/machine.ts'
import { useConsole, useList, usePointsOf } from '../parts/console-context.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { useTask } from '../parts/use-task.ts'
import { visible } from '../text/visible.ts'

/** Nothing is lost by it that adding the host again would not bring back; what changes until then is counted. */
export function RemoveHostDialog({ host, onClose }: { readonly host: Host; readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation()
  const { calls, hosts, machines } = useConsole()
  const task = useTask()
  const own = useList('machines').items.filter(({ hostId }) => hostId === host.id)
  const pointsOf = usePointsOf()
  const policies = useList('policies').items.filter(({ machineIds }) => own.some(({ id }) => machineIds.includes(id)))
  const points = own.reduce((sum, { id }) => sum + (pointsOf.get(id)?.length ?? 0), 0)
  const remove = (): void =>
    task.start(async (signal) => {
      await calls.removeHost({ hostId: host.id }, signal)
      await Promise.all([hosts.refresh(), machines.refresh()])
      onClose()
    })
  return (
    <Dialog
      title={t('hosts.removeTitle', { name: visible(host.name) })}
      task={task}
      submit={t('hosts.removeNow')}
      canSubmit
      danger
      onSubmit={remove}
      onClose={onClose}
    >
      <Text fz="sm">{t('hosts.removeText')}</Text>
      <List size="sm">
        <List.Item>{t('hosts.removeMachines', { count: own.length })}</List.Item>
        <List.Item>{t('hosts.removePoints', { count: points })}</List.Item>
        {policies.length === 0 ? undefined : (
          <List.Item>{t('hosts.removePolicies', { count: policies.length })}</List.Item>
        )}
      </List>
    </Dialog>
  )
}
