import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog } from '../parts/dialog.tsx'
import { FolderField } from '../parts/folder-field.tsx'
import type { ShelfItem } from '../stores/shelf.ts'
import { useFileRestore } from './use-file-restore.ts'

type Props = { readonly items: readonly ShelfItem[]; readonly onClose: () => void }

/** Where on the engine's machine the shelf's files go. */
export function ShelfFolderDialog({ items, onClose }: Props): ReactNode {
  const { t } = useTranslation()
  const { restore, ...task } = useFileRestore()
  const [folder, setFolder] = useState('')
  const wanted = folder.trim()
  return (
    <Dialog
      title={t('files.folderTitle')}
      task={task}
      submit={t('files.restore')}
      canSubmit={wanted !== ''}
      onSubmit={() => restore(items, { kind: 'folder', folder: wanted }, onClose)}
      onClose={onClose}
    >
      <FolderField
        label={t('files.folderField')}
        description={t('files.folderHint')}
        value={folder}
        onChange={setFolder}
        autoFocus
      />
    </Dialog>
  )
}
