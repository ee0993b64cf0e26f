import { SegmentedControl, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useConsole } from '../parts/console-context.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { useTask } from '../parts/use-task.ts'

type Kind = 'libvirt' | 'images'

/** Adds a libvirt connection or a folder of images. */
export function AddHostDialog(props: { readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation()
  const { calls, hosts } = useConsole()
  const task = useTask()
  const [kind, setKind] = useState<Kind>('libvirt')
  const [uri, setUri] = useState('qemu:///system')
  const [folder, setFolder] = useState('')
  const typed = kind === 'libvirt' ? uri.trim() : folder.trim()
  const add = (): void =>
    task.start(async (signal) => {
      await calls.addHost({ address: kind === 'libvirt' ? { kind, uri: typed } : { kind, folder: typed } }, signal)
      await hosts.refresh()
      props.onClose()
    })
  return (
    <Dialog
      title={t('hosts.addTitle')}
      task={task}
      submit={t('hosts.addNow')}
      canSubmit={typed !== ''}
      onSubmit={add}
      onClose={props.onClose}
    >
      <SegmentedControl
        fullWidth
        aria-label={t('hosts.kindLabel')}
        value={kind}
        onChange={(value) => setKind(value === 'images' ? 'images' : 'libvirt')}
        data={(['libvirt', 'images'] as const).map((value) => ({ value, label: t(`fact.hostKind.${value}`) }))}
      />
      {kind === 'libvirt' ? (
        <TextInput
          data-autofocus
          label={t('hosts.uri')}
          description={t('hosts.uriHint')}
          value={uri}
          onChange={(event) => setUri(event.currentTarget.value)}
        />
      ) : (
        <TextInput
          label={t('hosts.folder')}
          description={`${t('common.engineFolder')} ${t('hosts.folderHint')}`}
          value={folder}
          onChange={(event) => setFolder(event.currentTarget.value)}
        />
      )}
    </Dialog>
  )
}
