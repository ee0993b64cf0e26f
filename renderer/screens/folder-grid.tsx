import { Button, UnstyledButton } from '@mantine/core'
import { IconAlertTriangle, IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { type KeyboardEvent, type ReactNode, type Ref, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { FileEntry } from '../../shared/files.ts'
import { modeText } from '../files/modes.ts'
import { type FileOrder, type FileRow, fileColumns, findTyped } from '../files/rows.ts'
import { FailureNote } from '../parts/failure-note.tsx'
import { ChooseAll, ColumnHead, GridHead } from '../parts/grid-head.tsx'
import { Name } from '../parts/name.tsx'
import { type Choice, stand } from '../parts/row-choice.ts'
import { GridCell, type GridHandle, RowGrid } from '../parts/row-grid.tsx'
import type { ShelfItem } from '../stores/shelf.ts'
import { momentFormat, sizeText } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'
import { FileIcon } from './file-icon.tsx'
import { useShelfDrag } from './shelf-items.ts'
import type { Pages } from './use-pages.ts'

const rowPx = 28
/** Letters that follow each other this closely are one beginning of a name. */
const typingMs = 1000

type Props = {
  readonly label: string
  readonly rows: readonly FileRow[]
  readonly pages: Pages<FileEntry>
  readonly isFiltered: boolean
  readonly side: 'since' | 'before'
  readonly order: FileOrder
  readonly onOrder: (order: FileOrder) => void
  readonly choice: Choice
  readonly onChoice: (choice: Choice) => void
  readonly onOpen: (row: FileRow) => void
  readonly onUp: () => void
  readonly onRefresh: () => void
  readonly itemsOf: (rows: readonly FileRow[]) => readonly ShelfItem[]
  readonly ref: Ref<GridHandle>
}

/** The folder's entries: Backspace goes up, letters find a name, F5 reads again, rows can be dragged to the shelf. */
export function FolderGrid(props: Props): ReactNode {
  const { t } = useTranslation()
  const { rows, pages, choice, onChoice } = props
  const keys = useMemo(() => rows.map(({ key }) => key), [rows])
  const rowOf = (key: string): FileRow | undefined => rows[keys.indexOf(key)]
  const { onDrag, onDragEnd } = useShelfDrag()
  const hearTyping = useTyping(rows, keys, choice, onChoice)
  const grid = useRef<GridHandle>(null)
  const hear = (event: KeyboardEvent): boolean => {
    if (event.key === 'Backspace') props.onUp()
    else if (event.key === 'F5') props.onRefresh()
    else {
      const found = hearTyping(event)
      if (found !== undefined) grid.current?.to(found)
      return found !== undefined
    }
    return true
  }
  return (
    <div className="files-list">
      <RowGrid
        ref={(handle) => {
          grid.current = handle
          give(props.ref, handle)
        }}
        label={t('files.folder', { folder: visible(props.label) })}
        className="files-grid"
        keys={keys}
        rowPx={rowPx}
        head={<Head order={props.order} onOrder={props.onOrder} choice={choice} onChoice={onChoice} keys={keys} />}
        choice={choice}
        onChoice={onChoice}
        onOpen={(key) => {
          const row = rowOf(key)
          if (row !== undefined) props.onOpen(row)
        }}
        onKey={hear}
        onDrag={(taken, event) => {
          const set = new Set(taken)
          onDrag(props.itemsOf(rows.filter(({ key }) => set.has(key))), event.dataTransfer)
        }}
        onDragEnd={onDragEnd}
        rowClass={(index) => (rows[index]?.elsewhere === true ? 'files-elsewhere' : '')}
        row={(index, chosen) => {
          const row = rows[index]
          return row === undefined ? undefined : <Cells row={row} chosen={chosen} side={props.side} />
        }}
      />
      {pages.failure === undefined ? undefined : (
        <div className="files-over">
          <FailureNote failure={pages.failure} />
          <div className="files-over-acts">
            {props.label === '/' ? undefined : (
              <Button size="compact-sm" variant="default" onClick={props.onUp}>
                {t('files.goUp')}
              </Button>
            )}
            <Button size="compact-sm" variant="default" onClick={props.onRefresh}>
              {t('files.readAgain')}
            </Button>
          </div>
        </div>
      )}
      {rows.length === 0 && pages.done && pages.failure === undefined ? (
        <p className="files-over files-hint">{t(props.isFiltered ? 'files.noEntryFits' : 'files.emptyFolder')}</p>
      ) : undefined}
    </div>
  )
}

function give(ref: Ref<GridHandle>, handle: GridHandle | null): void {
  if (typeof ref === 'function') ref(handle)
  else if (ref !== null) ref.current = handle
}

/** Answers the index of the row that was found; undefined for keys that write nothing. */
function useTyping(
  rows: readonly FileRow[],
  keys: readonly string[],
  choice: Choice,
  onChoice: (choice: Choice) => void,
): (event: KeyboardEvent) => number | undefined {
  const typed = useRef({ text: '', at: 0 })
  return (event) => {
    if (event.key.length !== 1 || event.key === ' ' || event.ctrlKey || event.metaKey || event.altKey) return undefined
    const { text, at } = typed.current
    const isGoingOn = event.timeStamp - at < typingMs
    const next = isGoingOn ? text + event.key : event.key
    typed.current = { text: next, at: event.timeStamp }
    const here = Math.max(0, keys.indexOf(choice.active ?? ''))
    // A new beginning goes to the next name; a longer one may stay where it is.
    const row = findTyped(rows, isGoingOn ? here : here + 1, next)
    if (row === undefined) return here
    onChoice(stand(choice, row.key))
    return keys.indexOf(row.key)
  }
}

type HeadProps = Pick<Props, 'order' | 'onOrder' | 'choice' | 'onChoice'> & { readonly keys: readonly string[] }

function Head({ order, onOrder, ...choosing }: HeadProps): ReactNode {
  const { t } = useTranslation()
  const Arrow = order.down ? IconArrowDown : IconArrowUp
  return (
    <GridHead className="files-row">
      <ChooseAll {...choosing} />
      {fileColumns.map((column) => {
        const isChosen = order.column === column
        return (
          <ColumnHead
            key={column}
            className={`column-${column}`}
            sort={isChosen ? (order.down ? 'descending' : 'ascending') : 'none'}
          >
            <UnstyledButton className="sort" onClick={() => onOrder({ column, down: isChosen && !order.down })}>
              {t(`files.${column}`)}
              {isChosen ? <Arrow size={13} aria-hidden="true" /> : undefined}
            </UnstyledButton>
          </ColumnHead>
        )
      })}
    </GridHead>
  )
}

type CellsProps = { readonly row: FileRow; readonly chosen: boolean; readonly side: Props['side'] }

function Cells({ row, chosen, side }: CellsProps): ReactNode {
  const { t, i18n } = useTranslation()
  const { entry, change } = row
  const moments = useMemo(() => momentFormat(i18n.language), [i18n.language])
  const problem = entry.problem === undefined ? undefined : t('files.problem', { problem: visible(entry.problem) })
  return (
    <div className="files-row" role="presentation">
      <GridCell className="column-tick" part="tick">
        <input
          type="checkbox"
          className="machine-tick"
          tabIndex={-1}
          readOnly
          checked={chosen}
          aria-label={t('files.selectNamed', { name: visible(entry.name) })}
        />
      </GridCell>
      <GridCell className="column-name">
        <FileIcon kind={entry.kind} />
        <Name text={entry.name} />
        {problem === undefined ? undefined : (
          <IconAlertTriangle className="tone-bad" size={15} role="img" aria-label={problem}>
            <title>{problem}</title>
          </IconAlertTriangle>
        )}
        {change === undefined ? undefined : (
          <span className={`file-badge change-${change}`} title={t(`files.badge.${side}.${change}.meaning`)}>
            {t(`files.badge.${side}.${change}.word`)}
          </span>
        )}
      </GridCell>
      <GridCell className="column-size">
        {entry.kind === 'file' ? sizeText(entry.sizeBytes, i18n.language) : t('common.none')}
      </GridCell>
      <GridCell className="column-modified">
        {entry.modifiedAt === undefined ? t('common.none') : moments.format(entry.modifiedAt)}
      </GridCell>
      <GridCell className="column-kind">{t(`files.kinds.${entry.kind}`)}</GridCell>
      <GridCell className="column-owner">{ownerText(entry) ?? t('common.none')}</GridCell>
      <GridCell className="column-mode">
        {entry.mode === undefined ? t('common.none') : <span className="mono">{modeText(entry.mode)}</span>}
      </GridCell>
    </div>
  )
}

function ownerText({ uid, gid }: FileEntry): string | undefined {
  return uid === undefined ? undefined : `${uid}:${gid ?? ''}`
}
