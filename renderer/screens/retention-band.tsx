import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { type KeepReason, keepReasons } from '../../shared/retention.ts'
import { axisMarks, placeOf } from './retention-axis.ts'
import type { Verdict } from './retention-forecast.ts'

const widthPx = 760
const labelPx = 118
const countPx = 46
const lanePx = 20
const axisPx = 22

type Props = {
  /** Newest first. */
  readonly verdicts: readonly Verdict[]
  readonly label: string
}

type Lane = { readonly key: KeepReason | 'stays' | 'goes'; readonly word: string; readonly points: readonly Verdict[] }

/**
 * Points by age, the newest at the right, a lane for each reason that keeps some of them: the lane says why, so no colour has
 * to. The first two lanes are all that stay and all that go.
 */
export function RetentionBand({ verdicts, label }: Props): ReactNode {
  const { t } = useTranslation()
  const lanes = useLanes(verdicts)
  const newest = verdicts[0]?.createdAt ?? 0
  const oldest = verdicts.at(-1)?.createdAt ?? newest
  const innerPx = widthPx - labelPx - countPx
  const xOf = (at: number): number => labelPx + innerPx * (1 - placeOf(newest - at, newest - oldest))
  const heightPx = lanes.length * lanePx + axisPx
  return (
    <svg className="band" viewBox={`0 0 ${widthPx} ${heightPx}`} role="img" aria-label={label}>
      {axisMarks(newest - oldest).map(({ ageMs, name }) => (
        <g key={name} className="band-axis">
          <line x1={xOf(newest - ageMs)} x2={xOf(newest - ageMs)} y1={0} y2={lanes.length * lanePx} />
          <text x={xOf(newest - ageMs)} y={heightPx - 6} textAnchor={ageMs === 0 ? 'end' : 'middle'}>
            {t(`retention.${name}`)}
          </text>
        </g>
      ))}
      {lanes.map((lane, at) => (
        <LaneRow key={lane.key} lane={lane} y={at * lanePx + lanePx / 2} xOf={xOf} />
      ))}
    </svg>
  )
}

function LaneRow(props: { readonly lane: Lane; readonly y: number; readonly xOf: (at: number) => number }): ReactNode {
  const { lane, y, xOf } = props
  return (
    <g className={`band-lane lane-${lane.key}`}>
      <text x={0} y={y + 4}>
        {lane.word}
      </text>
      <line className="band-line" x1={labelPx} x2={widthPx - countPx} y1={y} y2={y} />
      <path d={lane.points.map((point) => markPath(xOf(point.createdAt), y, lane.key, point.imagined)).join('')} />
      <text x={widthPx} y={y + 4} textAnchor="end">
        {lane.points.length}
      </text>
    </g>
  )
}

/** One path for a whole lane, so that a year of hourly points stays a dozen elements. What goes is a cross, what is to come is shorter. */
function markPath(x: number, y: number, lane: Lane['key'], imagined: boolean): string {
  if (lane === 'goes') return `M${x - 2.5} ${y - 2.5}l5 5m0-5l-5 5`
  const half = imagined ? 3.5 : 6
  return `M${x} ${y - half}v${half * 2}`
}

function useLanes(verdicts: readonly Verdict[]): readonly Lane[] {
  const { t } = useTranslation()
  const words: Readonly<Record<KeepReason, string>> = {
    pinned: t('retention.pinned'),
    label: t('retention.label'),
    minimum: t('retention.reasonMinimum'),
    last: t('retention.last'),
    hourly: t('retention.hourly'),
    daily: t('retention.daily'),
    weekly: t('retention.weekly'),
    monthly: t('retention.monthly'),
    yearly: t('retention.yearly'),
    everything: t('retention.all'),
  }
  const stays = verdicts.filter(({ reasons }) => reasons.length > 0)
  const goes = verdicts.filter(({ reasons }) => reasons.length === 0)
  const byReason = keepReasons
    .filter((reason) => reason !== 'everything')
    .map((key) => ({ key, word: words[key], points: verdicts.filter(({ reasons }) => reasons.includes(key)) }))
  return [
    { key: 'stays' as const, word: t('retention.stays'), points: stays },
    { key: 'goes' as const, word: t('retention.goes'), points: goes },
    ...byReason.filter(({ points }) => points.length > 0),
  ]
}
