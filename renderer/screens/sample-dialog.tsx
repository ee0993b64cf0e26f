import { Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useConsole } from '../parts/console-context.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { FolderField } from '../parts/folder-field.tsx'
import { useTask } from '../parts/use-task.ts'

/** Makes the sample machine; its folder becomes a host. Without a folder the engine chooses one. */
export function SampleDialog(props: { readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation()
  const { calls, hosts, machines } = useConsole()
  const task = useTask()
  const [typed, setTyped] = useState('')
  const folder = typed.trim()
  const make = (): void =>
    task.start(async (signal) => {
      await calls.createSample(folder === '' ? {} : { folder }, signal)
      await Promise.all([hosts.refresh(), machines.refresh()])
      props.onClose()
    })
  return (
    <Dialog
      title={t('hosts.sampleTitle')}
      task={task}
      submit={t('hosts.sampleNow')}
      canSubmit
      onSubmit={make}
      onClose={props.onClose}
    >
      <Text fz="sm">{t('hosts.sampleText')}</Text>
      <FolderField
        autoFocus
        label={t('hosts.sampleFolder')}
        description={`${t('common.engineFolder')} ${t('hosts.sampleFolderHint')}`}
        value={typed}
        onChange={setTyped}
      />
    </Dialog>
  )
}
