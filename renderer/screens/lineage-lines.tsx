import type { ReactNode } from 'react'
import type { Line, Row } from '../lineage/lanes.ts'
import { Glyph } from './lineage-glyph.tsx'
import { isDamaged, type Marks } from './lineage-marks.ts'

type Scale = {
  readonly rowPx: number
  readonly laneStep: number
  /** From the edge to the middle of lane 0, and from that of the last lane to the other edge. */
  readonly edgePx: number
  readonly widthPx: number
}

type Props = {
  readonly rows: readonly Row[]
  /** The rows that are drawn. */
  readonly first: number
  readonly last: number
  readonly marks: Marks
  readonly scale: Scale
}

/** The lanes and marks of the rows that are drawn, as one picture over them; what it shows, the rows say in words. */
export function LineageLines({ rows, first, last, marks, scale }: Props): ReactNode {
  const { rowPx, widthPx } = scale
  const from = Math.max(0, first - 1)
  const shown = rows.slice(from, last + 1).map((row, at) => ({ row, y: (at + 0.5) * rowPx }))
  return (
    <svg
      className="lineage-lines"
      width={widthPx}
      height={shown.length * rowPx}
      style={{ top: (from + 1) * rowPx }}
      aria-hidden="true"
    >
      {shown.map(({ row, y }) =>
        row.lines.map((line) => (
          <path
            key={`${row.node.key} ${line.from}`}
            className={line.live ? 'lane-live' : 'lane-left'}
            d={pathOf(line, y, scale)}
          />
        )),
      )}
      {shown.map(({ row, y }) => (
        <Glyph key={row.node.key} node={row.node} damaged={isDamaged(row.node, marks)} x={xOf(row.lane, scale)} y={y} />
      ))}
    </svg>
  )
}

function pathOf({ from, to }: Line, y: number, scale: Scale): string {
  const [start, end, below] = [xOf(from, scale), xOf(to, scale), y + scale.rowPx]
  if (start === end) return `M${start} ${y}V${below}`
  const middle = y + scale.rowPx / 2
  return `M${start} ${y}C${start} ${middle} ${end} ${middle} ${end} ${below}`
}

function xOf(lane: number, { edgePx, laneStep }: Scale): number {
  return edgePx + lane * laneStep
}
