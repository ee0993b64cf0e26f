import { List, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Policy } from '../../shared/policy.ts'
import { goTo, useConsole, useList } from '../parts/console-context.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { useTask } from '../parts/use-task.ts'
import { visible } from '../text/visible.ts'

/** Removes a policy after its name was typed; says what stays and which machines nothing backs up any more. */
export function RemovePolicyDialog({ policy, onClose }: { policy: Policy; onClose: () => void }): ReactNode {
  const { t } = useTranslation()
  const { calls, policies } = useConsole()
  const task = useTask()
  const [typed, setTyped] = useState('')
  const bare = useLeftBare(policy)
  const remove = (): void =>
    task.start(async (signal) => {
      await calls.removePolicy({ policyId: policy.id }, signal)
      onClose()
      goTo({ kind: 'policies' })
      void policies.refresh()
    })
  return (
    <Dialog
      title={t('policies.removeTitle', { name: visible(policy.name) })}
      task={task}
      submit={t('policies.removeNow')}
      canSubmit={typed === policy.name || typed === visible(policy.name)}
      danger
      onSubmit={remove}
      onClose={onClose}
    >
      <List size="sm">
        <List.Item>{t('policies.removeText')}</List.Item>
        {bare.length === 0 ? undefined : (
          <List.Item>{t('policies.removeLoses', { count: bare.length, names: bare.join(', ') })}</List.Item>
        )}
      </List>
      <TextInput
        data-autofocus
        label={t('policies.removeConfirm')}
        description={visible(policy.name)}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </Dialog>
  )
}

/** Names of the machines that no other switched-on policy covers, cut where they are many. */
function useLeftBare(policy: Policy): readonly string[] {
  const policies = useList('policies').items
  const machines = useList('machines').items
  const others = new Set(
    policies.filter(({ id, enabled }) => enabled && id !== policy.id).flatMap(({ machineIds }) => machineIds),
  )
  const names = new Map(machines.map(({ id, name }) => [id, name]))
  return policy.machineIds.filter((id) => !others.has(id)).map((id) => visible(names.get(id) ?? id))
}
