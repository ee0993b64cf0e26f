import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Point } from '../../shared/point.ts'
import type { LineageNode } from '../lineage/lineage.ts'
import { Moment } from '../parts/moment.tsx'
import { Name } from '../parts/name.tsx'
import { HereDetails } from './lineage-here.tsx'
import type { Marks } from './lineage-marks.ts'
import { SnapshotDetails } from './lineage-snapshot.tsx'
import { PointDetails } from './point-details.tsx'
import type { SnapshotAct } from './snapshot-act-dialog.tsx'
import type { Past } from './use-past.ts'

type Props = {
  readonly node: LineageNode | undefined
  readonly nodes: readonly LineageNode[]
  readonly proofsOf: Past['proofsOf']
  readonly marks: Marks
  readonly onAct: (act: SnapshotAct) => void
  readonly onDelete: (point: Point) => void
}

/** What is known of the node that is chosen, and what can be done with it. */
export function LineageDetails(props: Props): ReactNode {
  const { t } = useTranslation()
  return (
    <section className="lineage-details" aria-label={t('lineage.details')} aria-live="polite">
      <OneNode {...props} />
    </section>
  )
}

function OneNode({ node, nodes, proofsOf, marks, onAct, onDelete }: Props): ReactNode {
  const { t } = useTranslation()
  if (node === undefined) return <p className="lineage-nothing">{t('lineage.choose')}</p>
  switch (node.kind) {
    case 'here':
      return <HereDetails machine={node.machine} from={node.parent === undefined ? undefined : nodes[node.parent]} />
    case 'snapshot':
      return <SnapshotDetails key={node.key} snapshot={node.snapshot} onAct={onAct} />
    case 'point':
      return (
        <PointDetails
          key={node.key}
          point={node.point}
          live={node.live}
          proofs={proofsOf.get(node.point.id) ?? []}
          pinned={marks.pinned.has(node.point.id)}
          damaged={marks.damaged.has(node.point.id)}
          onDelete={() => onDelete(node.point)}
        />
      )
  }
}

/** What a node is called where there is room for one line. */
export function NodeTitle({ node }: { readonly node: LineageNode }): ReactNode {
  const { t } = useTranslation()
  switch (node.kind) {
    case 'here':
      return t('lineage.here')
    case 'snapshot':
      return <Name text={node.snapshot.name} />
    case 'point':
      return <Moment at={node.at} />
  }
}
