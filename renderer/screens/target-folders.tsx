import { ActionIcon, Button } from '@mantine/core'
import { IconArrowUp, IconFolder } from '@tabler/icons-react'
import { type DragEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import { useConsole } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { Loading } from '../parts/loading.tsx'
import { Name } from '../parts/name.tsx'
import type { ShelfItem } from '../stores/shelf.ts'
import { visible } from '../text/visible.ts'
import { carriesFiles } from './shelf-items.ts'
import { useAnswer } from './use-answer.ts'
import { useFileRestore } from './use-file-restore.ts'

/** Folders of the engine's machine, each a place to drop files on; without a pointer the shelf's can be sent to the one that is open. */
export function TargetFolders(): ReactNode {
  const { t } = useTranslation()
  const { calls, shelf } = useConsole()
  const { items } = useStore(shelf)
  const [folder, setFolder] = useState<string>()
  const { answer, failure } = useAnswer(
    (signal) => calls.listFolders(folder === undefined ? {} : { folder }, signal),
    folder ?? '',
  )
  const sending = useFileRestore()
  const send = (files: readonly ShelfItem[], to: string): void => sending.restore(files, { kind: 'folder', folder: to })
  return (
    <>
      <p className="files-hint">{t('files.targetsLead')}</p>
      {failure === undefined ? undefined : <FailureNote failure={failure} />}
      {sending.failure === undefined ? undefined : <FailureNote failure={sending.failure} />}
      {answer === undefined ? (
        failure === undefined ? (
          <Loading />
        ) : undefined
      ) : (
        <>
          <DropFolder folder={answer.folder} onDrop={send} className="target-here">
            <ActionIcon
              aria-label={t('files.targetUp')}
              disabled={answer.parent === undefined}
              onClick={() => setFolder(answer.parent)}
            >
              <IconArrowUp size={15} aria-hidden="true" />
            </ActionIcon>
            <Name text={answer.folder} />
          </DropFolder>
          <ul className="target-folders" aria-label={t('files.targetList', { folder: visible(answer.folder) })}>
            {answer.folders.map((each) => (
              <li key={each}>
                <DropFolder folder={each} onDrop={send} className="target-folder">
                  <button
                    type="button"
                    aria-label={t('files.targetOpen', { folder: visible(each) })}
                    onClick={() => setFolder(each)}
                  >
                    <IconFolder size={15} stroke={1.6} aria-hidden="true" />
                    <Name text={each.split(/[/\\]/).findLast((part) => part !== '') ?? each} />
                  </button>
                </DropFolder>
              </li>
            ))}
          </ul>
          <Button
            size="compact-sm"
            disabled={items.length === 0}
            loading={sending.busy}
            onClick={() => send(items, answer.folder)}
          >
            {t('files.targetHere')}
          </Button>
        </>
      )}
    </>
  )
}

type DropProps = {
  readonly folder: string
  readonly onDrop: (files: readonly ShelfItem[], folder: string) => void
  readonly className: string
  readonly children: ReactNode
}

function DropFolder({ folder, onDrop, className, children }: DropProps): ReactNode {
  const { t } = useTranslation()
  const { shelf } = useConsole()
  const [isOver, setOver] = useState(false)
  const over = (event: DragEvent): void => {
    if (!carriesFiles(event.dataTransfer)) return
    event.preventDefault()
    event.dataTransfer.dropEffect = 'copy'
    setOver(true)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only a pointer drops; the button below does the same for the keyboard
    <div
      className={className}
      data-over={isOver ? true : undefined}
      title={isOver ? t('files.dropHere', { folder: visible(folder) }) : visible(folder)}
      onDragOver={over}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        const { dragged } = shelf.getState()
        if (dragged.length > 0) onDrop(dragged, folder)
      }}
    >
      {children}
    </div>
  )
}
