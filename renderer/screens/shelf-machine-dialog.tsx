import { NativeSelect, Text, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useList } from '../parts/console-context.tsx'
import { Dialog } from '../parts/dialog.tsx'
import type { ShelfItem } from '../stores/shelf.ts'
import { visible } from '../text/visible.ts'
import { useFileRestore } from './use-file-restore.ts'

type Props = { readonly items: readonly ShelfItem[]; readonly onClose: () => void }

/** Which running machine, and where inside it. The one from which the files came stands first. */
export function ShelfMachineDialog({ items, onClose }: Props): ReactNode {
  const { t } = useTranslation()
  const { restore, ...task } = useFileRestore()
  const running = useList('machines').items.filter(({ state }) => state === 'running')
  const own = running.find(({ id }) => id === items[0]?.machineId)
  const [machineId, setMachineId] = useState(own?.id ?? running[0]?.id ?? '')
  const [folder, setFolder] = useState('')
  const wanted = folder.trim()
  return (
    <Dialog
      title={t('files.machineTitle')}
      task={task}
      submit={t('files.restore')}
      canSubmit={wanted !== '' && machineId !== ''}
      onSubmit={() => restore(items, { kind: 'machine', machineId, folder: wanted }, onClose)}
      onClose={onClose}
    >
      {running.length === 0 ? (
        <Text fz="sm">{t('files.machineNone')}</Text>
      ) : (
        <>
          <NativeSelect
            label={t('files.machineField')}
            value={machineId}
            data={running.map(({ id, name }) => ({ value: id, label: visible(name) }))}
            onChange={({ currentTarget }) => setMachineId(currentTarget.value)}
          />
          <TextInput
            data-autofocus
            label={t('files.machineFolder')}
            description={t('files.machineFolderHint')}
            spellCheck={false}
            autoComplete="off"
            value={folder}
            onChange={({ currentTarget }) => setFolder(currentTarget.value)}
          />
        </>
      )}
    </Dialog>
  )
}
