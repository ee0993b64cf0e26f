import { type ReactNode, type RefObject, useEffect, useMemo, useRef, useState } from 'react'
import type { Point } from '../../shared/point.ts'
import { type FileOrder, type FileRow, filterRows, folderOf, joinPath, lastName, sortRows } from '../files/rows.ts'
import { goTo, useConsole } from '../parts/console-context.tsx'
import { type Choice, nothingChosen } from '../parts/row-choice.ts'
import type { GridHandle } from '../parts/row-grid.tsx'
import type { FolderPlace } from '../stores/file-fragment.ts'
import { FolderBar } from './folder-bar.tsx'
import { FolderFoot } from './folder-foot.tsx'
import { FolderGrid } from './folder-grid.tsx'
import { FolderPane, type PanePart } from './folder-pane.tsx'
import { useShelfItems } from './shelf-items.ts'
import { type OpenFolder, useFolder } from './use-folder.ts'

type Props = {
  readonly folder: OpenFolder
  /** The row to stand on at first. */
  readonly name: string | undefined
  readonly point: Point
  readonly points: readonly Point[]
  /** Told which row the reader stands on. */
  readonly active: RefObject<string | undefined>
}

const byName: FileOrder = { column: 'name', down: false }

/** One folder, and what is known of the row that the reader stands on. */
export function FolderView({ folder, name, point, points, active }: Props): ReactNode {
  const { shelf } = useConsole()
  const [times, setTimes] = useState(0)
  const [order, setOrder] = useState(byName)
  const [filter, setFilter] = useState('')
  const [part, setPart] = useState<PanePart>('preview')
  const [choice, setChoice] = useState<Choice>(() => ({ ...nothingChosen, active: name }))
  const { rows, pages, comparison } = useFolder(folder, points, times)
  const shown = useMemo(() => filterRows(sortRows(rows, order), filter), [rows, order, filter])
  const grid = useRef<GridHandle>(null)
  useEffect(() => {
    active.current = choice.active
  }, [choice.active, active])
  useArrival(grid, shown, name)
  const current = useMemo(() => shown.find(({ key }) => key === choice.active), [shown, choice.active])
  const taken = useMemo(() => takenRows(rows, choice, current), [rows, choice, current])
  const itemOf = useShelfItems()
  const items = taken.map((row) => itemOf(refOf(folder, row)))
  const place = placeOf(folder, point)
  const open = (row: FileRow): void => {
    const path = joinPath(folder.path, row.entry.name)
    if (row.entry.kind === 'folder') goTo({ ...place, pointId: row.pointId, path })
    else setPart('preview')
  }
  const goUp = (): void => {
    if (folder.path !== '/') goTo({ ...place, path: folderOf(folder.path), name: lastName(folder.path) })
  }
  return (
    <>
      <div className="files-middle">
        <FolderBar
          place={place}
          points={points}
          comparison={comparison}
          filter={filter}
          onFilter={setFilter}
          onUp={goUp}
          onRefresh={() => setTimes(times + 1)}
        />
        <FolderGrid
          ref={grid}
          label={folder.path}
          rows={shown}
          pages={pages}
          isFiltered={filter.trim() !== ''}
          side={comparison?.side ?? 'since'}
          order={order}
          onOrder={setOrder}
          choice={choice}
          onChoice={setChoice}
          onOpen={open}
          onUp={goUp}
          onRefresh={() => setTimes(times + 1)}
          itemsOf={(chosen) => chosen.map((row) => itemOf(refOf(folder, row)))}
        />
        <FolderFoot
          pages={pages}
          count={rows.length}
          shown={shown.length}
          items={items}
          onShelve={() => shelf.add(items)}
        />
      </div>
      <FolderPane part={part} onPart={setPart} folder={folder} row={current} points={points} />
    </>
  )
}

/** What is chosen, as far as it is still there; with nothing chosen the row one stands on. */
function takenRows(rows: readonly FileRow[], choice: Choice, current: FileRow | undefined): readonly FileRow[] {
  if (choice.chosen.size > 0) return rows.filter(({ key }) => choice.chosen.has(key))
  return current === undefined ? [] : [current]
}

function refOf(
  { volumeId, path }: OpenFolder,
  { entry, pointId }: FileRow,
): Parameters<ReturnType<typeof useShelfItems>>[0] {
  return { pointId, volumeId, path: joinPath(path, entry.name), kind: entry.kind, sizeBytes: entry.sizeBytes }
}

function placeOf(folder: OpenFolder, point: Point): FolderPlace {
  return { kind: 'folder', machineId: point.machineId, ...folder }
}

/** The keyboard works in the folder as soon as it is open, and a row that was asked for comes into view when it arrives. */
function useArrival(grid: RefObject<GridHandle | null>, rows: readonly FileRow[], name: string | undefined): void {
  const isThere = useRef(false)
  useEffect(() => {
    // Somebody who types a path or chooses a moment goes on doing so.
    if (document.activeElement === document.body || document.activeElement?.id === 'content') grid.current?.focus()
  }, [grid])
  useEffect(() => {
    if (isThere.current || name === undefined) return
    const at = rows.findIndex(({ key }) => key === name)
    if (at === -1) return
    isThere.current = true
    grid.current?.to(at)
  }, [grid, rows, name])
}
