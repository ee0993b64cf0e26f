import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { layOut } from '../lineage/lanes.ts'
import type { LineageNode, PointNode, SnapshotNode } from '../lineage/lineage.ts'
import { stepIn } from '../parts/list-step.ts'
import { LineageLines } from './lineage-lines.tsx'
import type { Marks } from './lineage-marks.ts'
import { LineageRow, lineageRowId } from './lineage-row.tsx'

type Props = {
  /** Oldest first, as `lineageOf` gives them. */
  readonly nodes: readonly LineageNode[]
  readonly marks: Marks
  readonly chosen: string | undefined
  readonly onChoose: (node: LineageNode) => void
  /** Enter on a point. */
  readonly onRestore: (pointId: string) => void
  /** Delete on a snapshot or a point. */
  readonly onDelete: (node: SnapshotNode | PointNode) => void
}

const rowPx = 30
const columns = ['name', 'time', 'kind', 'size'] as const

/** Everything the machine can go back to as a list with lanes, newest first. One stop of the Tab key; arrows choose. */
export function Lineage(props: Props): ReactNode {
  const { t } = useTranslation()
  const { nodes, chosen, onChoose } = props
  const grid = useRef<HTMLDivElement>(null)
  const { rows, lanes } = useMemo(() => layOut(nodes), [nodes])
  const at = rows.findIndex(({ node }) => node.key === chosen)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => grid.current,
    estimateSize: () => rowPx,
    overscan: 10,
    scrollPaddingStart: rowPx,
    useFlushSync: false,
  })
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at)
  }, [virtual, at])
  const shown = virtual.getVirtualItems()
  const laneStep = laneStepOf(lanes)
  const graphPx = laneStep * (lanes - 1) + 2 * edgePx
  const onKeyDown = (event: KeyboardEvent): void => {
    const node = rows[stepIn(rows.length, at, event.key) ?? -1]?.node
    if (node !== undefined) onChoose(node)
    else if (!actOn(rows[at]?.node, event.key, props)) return
    event.preventDefault()
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table of which only a part is drawn
    <div
      ref={grid}
      className="lineage"
      role="grid"
      aria-label={t('lineage.title')}
      aria-rowcount={rows.length + 1}
      aria-activedescendant={at === -1 ? undefined : lineageRowId(at)}
      tabIndex={0}
      style={{ ['--graph' as string]: `${graphPx}px` }}
      onKeyDown={onKeyDown}
    >
      <Head />
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      <div role="rowgroup" className="lineage-body" style={{ height: virtual.getTotalSize() }}>
        {shown.map(({ index, start }) => {
          const row = rows[index]
          return row === undefined ? undefined : (
            <LineageRow
              key={row.node.key}
              row={row}
              index={index}
              top={start}
              marks={props.marks}
              chosen={index === at}
              onChoose={onChoose}
            />
          )
        })}
      </div>
      <LineageLines
        rows={rows}
        first={shown[0]?.index ?? 0}
        last={shown.at(-1)?.index ?? -1}
        marks={props.marks}
        scale={{ rowPx, laneStep, edgePx, widthPx: graphPx }}
      />
    </div>
  )
}

const edgePx = 16
const widestPx = 200

/** Many lanes stand closer together, so that the list keeps its room. */
function laneStepOf(lanes: number): number {
  return Math.min(16, widestPx / Math.max(1, lanes - 1))
}

function actOn(node: LineageNode | undefined, key: string, { onRestore, onDelete }: Props): boolean {
  if (node?.kind === 'point' && key === 'Enter') onRestore(node.point.id)
  else if (node !== undefined && node.kind !== 'here' && key === 'Delete') onDelete(node)
  else return false
  return true
}

function Head(): ReactNode {
  const { t } = useTranslation()
  return (
    // biome-ignore lint/a11y/useSemanticElements: the head of a grid that is no table
    <div role="rowgroup" className="lineage-head">
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus */}
      <div role="row" aria-rowindex={1} className="lineage-columns">
        {columns.map((column) => (
          // biome-ignore lint/a11y/useSemanticElements: see above
          // biome-ignore lint/a11y/useFocusableInteractive: nothing to press
          <div key={column} role="columnheader" className={column === 'size' ? 'number' : ''}>
            {t(`lineage.${column}`)}
          </div>
        ))}
      </div>
    </div>
  )
}
