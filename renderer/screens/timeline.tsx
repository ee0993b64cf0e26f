import { Button } from '@mantine/core'
import { type ReactNode, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { holding, type Span, spanAround, type Zoom, zoomMs, zooms } from '../lineage/band.ts'
import type { LineageNode, PointNode } from '../lineage/lineage.ts'
import { Name } from '../parts/name.tsx'
import { Panel } from '../parts/panel.tsx'
import { type Place, toFragment } from '../stores/navigation.ts'
import { momentText } from '../text/amounts.ts'
import { distanceText } from '../text/dates.ts'
import type { Marks } from './lineage-marks.ts'
import { TimelineBand } from './timeline-band.tsx'
import { TimelineMoment } from './timeline-moment.tsx'
import { TimelineZoom } from './timeline-zoom.tsx'

type Props = {
  readonly nodes: readonly LineageNode[]
  /** Oldest first. */
  readonly points: readonly PointNode[]
  readonly marks: Marks
  readonly moment: number
  /** What is chosen, here or in the lineage. */
  readonly chosen: LineageNode | undefined
  readonly onMoment: (at: number) => void
  readonly onChoose: (node: LineageNode) => void
  readonly onRestore: (pointId: string) => void
}

/** A band of days to choose a moment on. It says which point the moment means, and how far away that one is. */
export function Timeline(props: Props): ReactNode {
  const { t } = useTranslation()
  const { points, moment, chosen, onMoment } = props
  // The band stands still while it is looked at; a new point lies a little to the right of what was now.
  const newest = points.at(-1)?.at ?? 0
  const now = useMemo(() => Math.max(Date.now(), newest), [newest])
  const [span, setSpan] = useState<Span>(() => spanAround(firstZoom(points, now), moment, now))
  useEffect(() => setSpan((before) => holding(before, moment, now)), [moment, now])
  return (
    <Panel title={t('timeline.title')} note={<TimelineHead span={span} moment={moment} now={now} onSpan={setSpan} />}>
      <div className="timeline-choice">
        <TimelineMoment moment={moment} latest={now} onMoment={onMoment} />
        <span className="timeline-meaning" role="status">
          <Meaning points={points} moment={moment} chosen={chosen} />
        </span>
        {chosen?.kind === 'point' ? (
          <>
            <Button onClick={() => props.onRestore(chosen.point.id)}>{t('timeline.restore')}</Button>
            <Button component="a" variant="default" href={toFragment(filesOf(chosen.point))}>
              {t('files.browse')}
            </Button>
          </>
        ) : undefined}
      </div>
      <TimelineBand {...props} span={span} now={now} onSpan={setSpan} />
    </Panel>
  )
}

function filesOf({ id, machineId }: PointNode['point']): Place {
  return { kind: 'folder', machineId, pointId: id }
}

function TimelineHead(props: Parameters<typeof TimelineZoom>[0]): ReactNode {
  const { t } = useTranslation()
  return (
    <span className="timeline-head">
      <TimelineZoom {...props} />
      <span className="timeline-keys">{t('timeline.keys')}</span>
    </span>
  )
}

/** The closest zoom that holds all points, but no more than a month. */
function firstZoom(points: readonly PointNode[], now: number): Zoom {
  const age = now - (points[0]?.at ?? now)
  return zooms.find((zoom) => age < zoomMs[zoom] * 0.9 || zoom === 'month') ?? 'month'
}

type MeaningProps = Pick<Props, 'points' | 'moment' | 'chosen'>

function Meaning({ points, moment, chosen }: MeaningProps): ReactNode {
  const { t, i18n } = useTranslation()
  if (chosen?.kind === 'point') {
    const point = momentText(chosen.at, i18n.language)
    const distance = distanceText(moment - chosen.at, i18n.language)
    return (
      <>
        <strong>{t('timeline.means', { moment: point })}</strong>{' '}
        {moment === chosen.at ? t('timeline.exact') : t('timeline.before', { distance })}
        {chosen.live ? '' : ` · ${t('timeline.onBranch')}`}
      </>
    )
  }
  if (chosen?.kind === 'here') return t('lineage.here')
  if (chosen?.kind === 'snapshot') {
    return (
      <>
        {t('lineage.snapshot')} <Name text={chosen.snapshot.name} />
      </>
    )
  }
  const first = points[0]
  if (first === undefined || moment >= first.at) return undefined
  return t('timeline.tooEarly', { moment: momentText(first.at, i18n.language) })
}
