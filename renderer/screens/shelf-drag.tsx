import { Button } from '@mantine/core'
import { IconDragDrop } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useConsole } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { useTask } from '../parts/use-task.ts'
import { type ShelfItem, shelfKey } from '../stores/shelf.ts'
import { useAnswer } from './use-answer.ts'
import { useFileRestore } from './use-file-restore.ts'
import { useRun } from './use-run.ts'

type Props = { readonly items: readonly ShelfItem[]; readonly form: 'file' | 'zip' | 'tar' }

/** A drag that leaves the window. The desktop drags real files, which are made first; a browser drags a download. */
export function DragOut({ items, form }: Props): ReactNode {
  const about = items.map(shelfKey).join('\n')
  const drag = window.bridge?.dragOut
  return drag === undefined ? (
    <DownloadDrag key={about} items={items} form={form} />
  ) : (
    <DesktopDrag key={about} items={items} drag={drag} />
  )
}

/** Chromium saves what the address answers where the drag is let go. */
function DownloadDrag({ items, form }: Props): ReactNode {
  const { t } = useTranslation()
  const { calls } = useConsole()
  const [isWanted, setWanted] = useState(false)
  const { answer, failure, ask } = useAnswer(
    async (signal) =>
      isWanted ? await calls.openDownload({ items: items.map(({ ref }) => ref), as: form }, signal) : undefined,
    String(isWanted),
  )
  return (
    // A ticket is good for ten minutes only: whoever comes back later gets another one.
    <span className="drag-out" onPointerEnter={() => (isWanted ? ask() : setWanted(true))}>
      <Handle
        isReady={answer !== undefined}
        onStart={(data) => {
          if (answer === undefined) return
          // The three parts are told apart by their first two colons.
          const name = answer.name.replace(/[:\p{Cc}]/gu, '_')
          const address = new URL(`/files/${answer.ticket}`, location.href).href
          data.setData('DownloadURL', `application/octet-stream:${name}:${address}`)
          data.effectAllowed = 'copy'
        }}
      >
        {t('files.dragHere')}
      </Handle>
      {failure === undefined ? undefined : <FailureNote failure={failure} />}
    </span>
  )
}

type Drag = (paths: readonly string[]) => Promise<void>
type DesktopProps = { readonly items: readonly ShelfItem[]; readonly drag: Drag }

function DesktopDrag({ items, drag }: DesktopProps): ReactNode {
  const { t } = useTranslation()
  const { restore, busy, failure } = useFileRestore()
  const [runId, setRunId] = useState<string>()
  if (runId !== undefined) return <MadeReady runId={runId} drag={drag} />
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        loading={busy}
        leftSection={<IconDragDrop size={15} aria-hidden="true" />}
        onClick={() => restore(items, { kind: 'shelf' }, setRunId)}
      >
        {t('files.toDrag')}
      </Button>
      {failure === undefined ? undefined : <FailureNote failure={failure} />}
    </>
  )
}

type ReadyProps = { readonly runId: string; readonly drag: Drag }

function MadeReady({ runId, drag }: ReadyProps): ReactNode {
  const { t } = useTranslation()
  const task = useTask()
  const { run } = useRun(runId)
  const paths = run?.state === 'done' ? (run.target ?? '').split('\n').filter((path) => path !== '') : []
  const isReady = paths.length > 0
  if (run?.state === 'failed' || run?.state === 'cancelled') return undefined
  return (
    <>
      <Handle
        isReady={isReady}
        onStart={(_, cancel) => {
          // The system drags the files themselves; the page's own drag ends here.
          cancel()
          task.start(() => drag(paths))
        }}
      >
        {isReady ? t('files.dragHere') : t('files.dragPreparing')}
      </Handle>
      {task.failure === undefined ? undefined : <FailureNote failure={task.failure} />}
    </>
  )
}

type HandleProps = {
  readonly isReady: boolean
  readonly onStart: (data: DataTransfer, cancel: () => void) => void
  readonly children: ReactNode
}

function Handle({ isReady, onStart, children }: HandleProps): ReactNode {
  const { t } = useTranslation()
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a drag has no key; downloads and folders are the ways without a pointer
    <span
      className="drag-handle"
      data-ready={isReady ? true : undefined}
      draggable={isReady}
      title={t('files.dragHint')}
      onDragStart={(event) => onStart(event.dataTransfer, () => event.preventDefault())}
    >
      <IconDragDrop size={15} aria-hidden="true" />
      {children}
    </span>
  )
}
