import { Tooltip } from '@mantine/core'
import { IconAlertTriangle, IconPin, IconShieldCheck } from '@tabler/icons-react'
import { memo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Row } from '../lineage/lanes.ts'
import type { LineageNode } from '../lineage/lineage.ts'
import { Name } from '../parts/name.tsx'
import { momentText, sizeText } from '../text/amounts.ts'
import type { Marks } from './lineage-marks.ts'

export function lineageRowId(index: number): string {
  return `lineage-${index}`
}

type Props = {
  readonly row: Row
  readonly index: number
  readonly top: number
  readonly marks: Marks
  readonly chosen: boolean
  readonly onChoose: (node: LineageNode) => void
}

export const LineageRow = memo(
  function LineageRow({ row, index, top, marks, chosen, onChoose }: Props): ReactNode {
    const { node } = row
    return (
      // biome-ignore lint/a11y/useSemanticElements: a row of a grid that is no table
      // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus
      // biome-ignore lint/a11y/useKeyWithClickEvents: the grid has the keys
      <div
        role="row"
        id={lineageRowId(index)}
        className="lineage-columns lineage-row"
        aria-rowindex={index + 2}
        aria-selected={chosen}
        data-left={!node.live || undefined}
        style={{ transform: `translateY(${top}px)` }}
        onClick={() => onChoose(node)}
      >
        <Cell className="lineage-name">
          <NodeName node={node} />
          {node.kind === 'point' ? <PointMarks id={node.point.id} marks={marks} /> : undefined}
          {row.branchTip ? <BranchMark /> : undefined}
        </Cell>
        <Cell>
          <NodeTime node={node} />
        </Cell>
        <Cell>
          <NodeKind node={node} />
        </Cell>
        <Cell className="number">
          <NodeSize node={node} />
        </Cell>
      </div>
    )
  },
  // A new function for choosing does the same as the one before.
  (a, b) => a.row === b.row && a.top === b.top && a.chosen === b.chosen && a.marks === b.marks,
)

function Cell(props: { readonly className?: string; readonly children: ReactNode }): ReactNode {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a cell of a grid that is no table
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus
    <div role="gridcell" className={props.className}>
      {props.children}
    </div>
  )
}

type NodeProps = { readonly node: LineageNode }

function NodeName({ node }: NodeProps): ReactNode {
  const { t } = useTranslation()
  switch (node.kind) {
    case 'here':
      return <strong>{t('lineage.here')}</strong>
    case 'point':
      return t(`fact.method.${node.point.method}.word`)
    case 'snapshot':
      return <Name text={node.snapshot.name} />
  }
}

function NodeTime({ node }: NodeProps): ReactNode {
  const { t, i18n } = useTranslation()
  if (node.kind === 'here') return t(`fact.machineState.${node.machine.state}`)
  return node.at === undefined ? t('lineage.timeUnknown') : momentText(node.at, i18n.language)
}

function NodeKind({ node }: NodeProps): ReactNode {
  const { t } = useTranslation()
  if (node.kind === 'here') return undefined
  if (node.kind === 'point') return t('lineage.point')
  return node.snapshot.memory === 'none' ? t('lineage.snapshot') : t('lineage.withMemory')
}

/** What it takes where it lies: a point in its repository, a snapshot on its host. */
function NodeSize({ node }: NodeProps): ReactNode {
  const { t, i18n } = useTranslation()
  if (node.kind === 'here') return undefined
  const bytes = node.kind === 'point' ? node.point.bytesStored : node.snapshot.sizeBytes
  return bytes === undefined ? t('common.none') : sizeText(bytes, i18n.language)
}

function PointMarks({ id, marks }: { readonly id: string; readonly marks: Marks }): ReactNode {
  const { t } = useTranslation()
  return (
    <>
      {marks.damaged.has(id) ? (
        <span className="lineage-damaged">
          <IconAlertTriangle size={14} aria-hidden="true" />
          {t('lineage.damaged')}
        </span>
      ) : undefined}
      {marks.proven.has(id) ? (
        <IconShieldCheck className="tone-good" size={15} role="img" aria-label={t('lineage.proven')} />
      ) : undefined}
      {marks.pinned.has(id) ? (
        <IconPin className="lineage-pin" size={15} role="img" aria-label={t('lineage.pinned')} />
      ) : undefined}
    </>
  )
}

function BranchMark(): ReactNode {
  const { t } = useTranslation()
  return (
    <Tooltip label={t('lineage.branchMeaning')}>
      <span className="lineage-branch">{t('lineage.branch')}</span>
    </Tooltip>
  )
}
