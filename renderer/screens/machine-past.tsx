import { Button } from '@mantine/core'
import { type ReactNode, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Machine } from '../../shared/machine.ts'
import type { Point } from '../../shared/point.ts'
import { pointAtMoment } from '../lineage/band.ts'
import type { LineageNode, PointNode, SnapshotNode } from '../lineage/lineage.ts'
import { useConsole, useList, usePlace } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { Loading } from '../parts/loading.tsx'
import { Empty, Panel } from '../parts/panel.tsx'
import { DeletePointDialog } from './delete-point-dialog.tsx'
import { Lineage } from './lineage.tsx'
import { LineageDetails } from './lineage-details.tsx'
import { marksOf } from './lineage-marks.ts'
import { type SnapshotAct, SnapshotActDialog } from './snapshot-act-dialog.tsx'
import { Timeline } from './timeline.tsx'
import { type Past, usePast } from './use-past.ts'
import './lineage.css'

type Props = {
  readonly machineId: string
  readonly machine: Machine | undefined
  /** Newest first. */
  readonly points: readonly Point[]
}

/** The machine's past, twice: as a band of time and as a list with lanes. What is chosen in one is chosen in the other. */
export function MachinePast({ machineId, machine, points }: Props): ReactNode {
  const { t } = useTranslation()
  const { opened } = useConsole()
  const past = usePast(machineId, machine, points)
  const place = usePlace()
  const askedFor = place.kind === 'machine' ? place.pointId : undefined
  if (past.nodes === undefined) return <Loading />
  const failure = past.failure === undefined ? undefined : <FailureNote failure={past.failure} />
  if (points.length === 0 && (machine?.snapshots.length ?? 0) === 0) {
    return (
      <>
        {failure}
        <Panel title={t('lineage.title')}>
          <Empty text={t('machine.noPoints')}>
            {machine === undefined ? undefined : (
              <Button onClick={() => opened.open({ kind: 'back-up', machineIds: [machineId] })}>
                {t('machines.backUp')}
              </Button>
            )}
          </Empty>
        </Panel>
      </>
    )
  }
  return (
    <>
      {failure}
      <Chosen key={askedFor} nodes={past.nodes} proofsOf={past.proofsOf} machine={machine} askedFor={askedFor} />
    </>
  )
}

type ChosenProps = {
  readonly nodes: readonly LineageNode[]
  readonly machine: Machine | undefined
  readonly askedFor: string | undefined
} & Pick<Past, 'proofsOf'>

/** What the reader chose: a node, or a moment that means one. */
type Wish = { readonly key: string | undefined; readonly moment: number }

function Chosen({ nodes, proofsOf, machine, askedFor }: ChosenProps): ReactNode {
  const { t } = useTranslation()
  const { opened } = useConsole()
  const pins = useList('pins').items
  const repositories = useList('repositories').items
  const marks = useMemo(() => marksOf(pins, repositories, proofsOf), [pins, repositories, proofsOf])
  const points = useMemo(() => nodes.filter((node) => node.kind === 'point'), [nodes])
  const [wish, setWish] = useState<Wish>()
  const [act, setAct] = useState<SnapshotAct>()
  const [deleting, setDeleting] = useState<Point>()
  const { key, moment } = wish ?? firstWish(points, askedFor)
  const node = nodes.find((each) => each.key === key)
  const choose = (to: LineageNode): void => setWish({ key: to.key, moment: momentOf(to) ?? moment })
  const restore = (pointId: string): void => opened.open({ kind: 'restore', pointId })
  const isOpen = (point: Point): boolean =>
    repositories.some(({ id, state }) => id === point.repositoryId && state === 'open')
  const remove = (of: SnapshotNode | PointNode): void => {
    if (of.kind === 'snapshot') {
      const snapshot = machine?.snapshots.find((each) => each.name === of.snapshot.name)
      if (snapshot !== undefined && snapshot.deleteRefusal === undefined) setAct({ kind: 'delete', snapshot })
    } else if (!marks.pinned.has(of.point.id) && isOpen(of.point)) setDeleting(of.point)
  }
  return (
    <>
      <Timeline
        nodes={nodes}
        points={points}
        marks={marks}
        moment={moment}
        chosen={node}
        onMoment={(at) => setWish({ key: pointAtMoment(points, at)?.key, moment: at })}
        onChoose={choose}
        onRestore={restore}
      />
      <Panel title={t('lineage.title')} note={t('lineage.keys')}>
        <div className="lineage-split">
          <Lineage nodes={nodes} marks={marks} chosen={key} onChoose={choose} onRestore={restore} onDelete={remove} />
          <LineageDetails
            node={node}
            nodes={nodes}
            proofsOf={proofsOf}
            marks={marks}
            onAct={setAct}
            onDelete={setDeleting}
          />
        </div>
      </Panel>
      {deleting === undefined ? undefined : (
        <DeletePointDialog key={deleting.id} point={deleting} onClose={() => setDeleting(undefined)} />
      )}
      {act === undefined || machine === undefined ? undefined : (
        <SnapshotActDialog act={act} machine={machine} newest={points.at(-1)} onClose={() => setAct(undefined)} />
      )}
    </>
  )
}

/** The point that the reader came for, else the newest of the live line: what somebody in a hurry wants. */
function firstWish(points: readonly PointNode[], askedFor: string | undefined): Wish {
  const asked = points.find(({ point }) => point.id === askedFor)
  const first = asked ?? points.findLast(({ live }) => live) ?? points.at(-1)
  return { key: first?.key, moment: first?.at ?? Date.now() }
}

function momentOf(node: LineageNode): number | undefined {
  return node.kind === 'here' ? Date.now() : node.at
}
