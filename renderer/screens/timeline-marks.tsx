import { memo, type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { type Span, shareOf } from '../lineage/band.ts'
import type { LineageNode } from '../lineage/lineage.ts'
import { ticksOf } from '../lineage/ticks.ts'
import { tickTexts } from '../text/dates.ts'
import { Glyph } from './lineage-glyph.tsx'
import { isDamaged, type Marks } from './lineage-marks.ts'

export const bandPx = 96
const snapshotY = 18
const liveY = 40
const leftY = 58
const labelY = 88
const lineBottom = 72
/** Half of what a label takes: nearer to an edge it would be cut. */
const labelRoom = 22

type Props = {
  readonly nodes: readonly LineageNode[]
  readonly marks: Marks
  readonly span: Span
  readonly now: number
  readonly widthPx: number
}

/** The still part of the band: days, points of the live line, below them those that were left behind, above them snapshots. */
export const TimelineMarks = memo(function TimelineMarks({ nodes, marks, span, now, widthPx }: Props): ReactNode {
  const x = (at: number): number => shareOf(span, at) * widthPx
  const shown = useMemo(() => nodes.filter((node) => isIn(span, node)), [nodes, span])
  const oldest = nodes.find(({ kind }) => kind === 'point')
  const from = oldest?.kind === 'point' ? Math.max(0, x(oldest.at)) : 0
  const to = Math.min(widthPx, x(now))
  return (
    <svg width={widthPx} height={bandPx} className="timeline-marks" aria-hidden="true">
      <Ticks span={span} x={x} widthPx={widthPx} />
      {to > from ? <path className="timeline-live" d={`M${from} ${liveY}H${to}`} /> : undefined}
      {shown.map((node) => (
        <Glyph key={node.key} node={node} damaged={isDamaged(node, marks)} x={x(atOf(node))} y={heightOf(node)} />
      ))}
    </svg>
  )
})

type TicksProps = { readonly span: Span; readonly x: (at: number) => number; readonly widthPx: number }

function Ticks({ span, x, widthPx }: TicksProps): ReactNode {
  const { i18n } = useTranslation()
  const ticks = useMemo(() => ticksOf(span), [span])
  const labels = useMemo(() => tickTexts(ticks, i18n.language), [ticks, i18n.language])
  return ticks.map(({ at, labelled }, place) => (
    <g key={at}>
      <path className={labelled ? 'tick-labelled' : 'tick-plain'} d={`M${Math.round(x(at)) + 0.5} 6V${lineBottom}`} />
      {labelled && x(at) > labelRoom && x(at) < widthPx - labelRoom ? (
        <text className="tick-label" x={x(at)} y={labelY} textAnchor="middle">
          {labels[place]}
        </text>
      ) : undefined}
    </g>
  ))
}

function atOf(node: LineageNode): number {
  return node.kind === 'here' ? Number.NaN : (node.at ?? Number.NaN)
}

function isIn({ from, to }: Span, node: LineageNode): boolean {
  return atOf(node) >= from && atOf(node) <= to
}

function heightOf(node: LineageNode): number {
  if (node.kind === 'snapshot') return snapshotY
  return node.live ? liveY : leftY
}
