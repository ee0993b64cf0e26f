import { List } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { KeySlot, Repository } from '../../shared/repository.ts'
import { useConsole } from '../parts/console-context.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { useTask } from '../parts/use-task.ts'

type Props = { readonly repository: Repository; readonly slot: KeySlot; readonly onClose: () => void }

/** Takes a way in away. The engine refuses for the last one, so nobody locks himself out. */
export function RemoveKeyDialog({ repository, slot, onClose }: Props): ReactNode {
  const { t } = useTranslation()
  const { calls } = useConsole()
  const task = useTask()
  const remove = (): void =>
    task.start(async (signal) => {
      await calls.removeSlot({ repositoryId: repository.id, slotId: slot.id }, signal)
      onClose()
    })
  return (
    <Dialog
      title={t('upkeep.removeKeyTitle')}
      task={task}
      submit={t('repositories.removeNow')}
      canSubmit
      danger
      onSubmit={remove}
      onClose={onClose}
    >
      <dl className="facts">
        <dt>{t('upkeep.kind')}</dt>
        <dd>{t(`upkeep.keyKinds.${slot.kind}`)}</dd>
        <dt>{t('upkeep.slot')}</dt>
        <dd className="code">{slot.id}</dd>
      </dl>
      <List size="sm">
        <List.Item>{t('upkeep.removeKeyText')}</List.Item>
        <List.Item>{t('upkeep.removeKeyNote')}</List.Item>
      </List>
    </Dialog>
  )
}
