import { Text, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useConsole } from '../parts/console-context.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { useTask } from '../parts/use-task.ts'

/** Offered so that Enter is enough. /var/tmp outlives a restart of the machine, and anybody may write there. */
const suggestedFolder = '/var/tmp/stillpoint-sample'

/** Makes the sample machine; its folder becomes a host. */
export function SampleDialog(props: { readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation()
  const { calls, hosts, machines } = useConsole()
  const task = useTask()
  const [folder, setFolder] = useState(suggestedFolder)
  const make = (): void =>
    task.start(async (signal) => {
      await calls.createSample({ folder: folder.trim() }, signal)
      await Promise.all([hosts.refresh(), machines.refresh()])
      props.onClose()
    })
  return (
    <Dialog
      title={t('hosts.sampleTitle')}
      task={task}
      submit={t('hosts.sampleNow')}
      canSubmit={folder.trim() !== ''}
      onSubmit={make}
      onClose={props.onClose}
    >
      <Text fz="sm">{t('hosts.sampleText')}</Text>
      <TextInput
        data-autofocus
        label={t('hosts.sampleFolder')}
        description={t('common.engineFolder')}
        value={folder}
        onChange={(event) => setFolder(event.currentTarget.value)}
      />
    </Dialog>
  )
}
