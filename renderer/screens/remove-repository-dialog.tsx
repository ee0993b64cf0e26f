import { Checkbox, List, TextInput } from '@mantine/core'
import { type ReactNode, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { addressText, type Repository } from '../../shared/repository.ts'
import { useConsole, useList } from '../parts/console-context.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { useTask } from '../parts/use-task.ts'
import { isIn } from '../stores/copies.ts'
import { visible } from '../text/visible.ts'

type Props = { readonly repository: Repository; readonly onClose: () => void }

/** Forgets a repository. Nothing in it is lost, unless nobody has what opens it: that is what is asked. */
export function RemoveRepositoryDialog({ repository, onClose }: Props): ReactNode {
  const { t } = useTranslation()
  const { calls, repositories, points } = useConsole()
  const task = useTask()
  const [hasKey, setHasKey] = useState(false)
  const [typed, setTyped] = useState('')
  const folder = addressText(repository.address)
  const listed = useList('points').items
  const own = useMemo(() => listed.filter((point) => isIn(point, repository.id)), [listed, repository.id])
  const remove = (): void =>
    task.start(async (signal) => {
      await calls.removeRepository({ repositoryId: repository.id }, signal)
      await Promise.all([repositories.refresh(), points.refresh()])
      onClose()
    })
  return (
    <Dialog
      title={t('repositories.removeTitle', { name: visible(folder) })}
      task={task}
      submit={t('repositories.removeNow')}
      canSubmit={hasKey && (typed === folder || typed === visible(folder))}
      danger
      onSubmit={remove}
      onClose={onClose}
    >
      <List size="sm">
        <List.Item>{t('repositories.removeText')}</List.Item>
        <List.Item>{t('repositories.removeKey')}</List.Item>
        <List.Item>
          {t('repositories.removePoints', {
            count: own.length,
            machines: new Set(own.map(({ machineId }) => machineId)).size,
          })}
        </List.Item>
      </List>
      <Checkbox
        label={t('repositories.removeConfirm')}
        checked={hasKey}
        onChange={(event) => setHasKey(event.currentTarget.checked)}
      />
      <TextInput
        label={t('repositories.typeFolder')}
        description={t('repositories.typed', { name: visible(folder) })}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </Dialog>
  )
}
