import { ActionIcon, Button } from '@mantine/core'
import { IconStack2, IconX } from '@tabler/icons-react'
import { type DragEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import { lastName } from '../files/rows.ts'
import { useConsole } from '../parts/console-context.tsx'
import { Name } from '../parts/name.tsx'
import { type ShelfItem, shelfKey } from '../stores/shelf.ts'
import { momentText, sizeText } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'
import { FileIcon } from './file-icon.tsx'
import { ShelfActs } from './shelf-acts.tsx'
import { carriesFiles } from './shelf-items.ts'
import { ShelfRun } from './shelf-run.tsx'

const shownItems = 60

/** Where files from any points and machines are gathered, and the ways out from there. */
export function Shelf(): ReactNode {
  const { t } = useTranslation()
  const { shelf } = useConsole()
  const { items, dragged, runId } = useStore(shelf)
  const [isOver, setOver] = useState(false)
  const over = (event: DragEvent): void => {
    if (!carriesFiles(event.dataTransfer)) return
    event.preventDefault()
    event.dataTransfer.dropEffect = 'copy'
    setOver(true)
  }
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    setOver(false)
    shelf.add(shelf.getState().dragged)
  }
  return (
    <section
      className="shelf"
      aria-label={t('files.shelf')}
      data-over={isOver ? true : undefined}
      data-waits={dragged.length > 0 ? true : undefined}
      onDragOver={over}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <div className="shelf-head">
        <IconStack2 size={17} aria-hidden="true" />
        <h2>{t('files.shelf')}</h2>
        <Total items={items} />
        {items.length === 0 ? undefined : (
          <Button size="compact-sm" variant="subtle" color="gray" onClick={shelf.clear}>
            {t('files.shelfClear')}
          </Button>
        )}
        {items.length === 0 ? undefined : <ShelfActs items={items} />}
      </div>
      {items.length === 0 ? <p className="files-hint">{t('files.shelfEmpty')}</p> : <Items items={items} />}
      {runId === undefined ? undefined : <ShelfRun key={runId} runId={runId} />}
    </section>
  )
}

function Total({ items }: { readonly items: readonly ShelfItem[] }): ReactNode {
  const { t, i18n } = useTranslation()
  const bytes = items.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const hasFolder = items.some(({ kind }) => kind === 'folder')
  return (
    <span role="status" className="shelf-total">
      {items.length === 0
        ? undefined
        : t('files.shelfTotal', { count: items.length, size: sizeText(bytes, i18n.language) })}
      {hasFolder ? ` · ${t('files.shelfFolders')}` : undefined}
    </span>
  )
}

function Items({ items }: { readonly items: readonly ShelfItem[] }): ReactNode {
  const { t, i18n } = useTranslation()
  const { shelf } = useConsole()
  return (
    <ul className="shelf-items">
      {items.slice(0, shownItems).map((item) => {
        const { ref, kind, machineName, at } = item
        const name = lastName(ref.path) || ref.volumeId
        const text = ref.stream === undefined ? name : `${name}:${ref.stream}`
        const from = t('files.shelfOf', { machine: visible(machineName), moment: momentText(at, i18n.language) })
        return (
          <li key={shelfKey(item)} title={`${visible(ref.volumeId)}:${visible(ref.path)}\n${from}`}>
            <FileIcon kind={kind} />
            <span className="shelf-name">
              <Name text={text} />
              <span className="files-dim">{from}</span>
            </span>
            <ActionIcon
              size="sm"
              aria-label={t('files.shelfRemove', { name: visible(text) })}
              onClick={() => shelf.remove(shelfKey(item))}
            >
              <IconX size={13} aria-hidden="true" />
            </ActionIcon>
          </li>
        )
      })}
      {items.length > shownItems ? (
        <li className="files-dim">{t('files.shelfMore', { count: items.length - shownItems })}</li>
      ) : undefined}
    </ul>
  )
}
