import { Button } from '@mantine/core'
import { IconDeviceDesktopUp, IconDownload, IconFolderDown } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useConsole } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { useTask } from '../parts/use-task.ts'
import type { ShelfItem } from '../stores/shelf.ts'
import { DragOut } from './shelf-drag.tsx'
import { ShelfFolderDialog } from './shelf-folder-dialog.tsx'
import { ShelfMachineDialog } from './shelf-machine-dialog.tsx'

type Props = { readonly items: readonly ShelfItem[] }
type Form = 'file' | 'zip' | 'tar'

/** The ways out: downloads, a drag to the desktop, a folder, back into a machine. */
export function ShelfActs({ items }: Props): ReactNode {
  const { t } = useTranslation()
  const { calls } = useConsole()
  const task = useTask()
  const [dialog, setDialog] = useState<'folder' | 'machine'>()
  const download = (as: Form): void =>
    task.start(async (signal) => {
      const { ticket, name } = await calls.openDownload({ items: items.map(({ ref }) => ref), as }, signal)
      save(`/files/${ticket}`, name)
    })
  const forms: readonly Form[] = isOneFile(items) ? ['file'] : ['zip', 'tar']
  const words = { file: t('files.download'), zip: t('files.downloadZip'), tar: t('files.downloadTar') }
  return (
    <div className="shelf-acts">
      {forms.map((form) => (
        <Button
          key={form}
          size="compact-sm"
          variant={form === 'tar' ? 'default' : 'filled'}
          leftSection={<IconDownload size={15} aria-hidden="true" />}
          onClick={() => download(form)}
        >
          {words[form]}
        </Button>
      ))}
      <DragOut items={items} form={forms[0] ?? 'zip'} />
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconFolderDown size={15} aria-hidden="true" />}
        onClick={() => setDialog('folder')}
      >
        {t('files.toFolder')}
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconDeviceDesktopUp size={15} aria-hidden="true" />}
        onClick={() => setDialog('machine')}
      >
        {t('files.toMachine')}
      </Button>
      {task.failure === undefined ? undefined : <FailureNote failure={task.failure} />}
      {dialog === 'folder' ? <ShelfFolderDialog items={items} onClose={() => setDialog(undefined)} /> : undefined}
      {dialog === 'machine' ? <ShelfMachineDialog items={items} onClose={() => setDialog(undefined)} /> : undefined}
    </div>
  )
}

function isOneFile(items: readonly ShelfItem[]): boolean {
  return items.length === 1 && items[0]?.kind === 'file'
}

/** The engine's answer says that it is to be saved and under which name; the page stays. */
function save(address: string, name: string): void {
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
}
