import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Point } from '../../shared/point.ts'
import { useList } from '../parts/console-context.tsx'
import { stepIn } from '../parts/list-step.ts'
import { Moment } from '../parts/moment.tsx'
import { StateMark } from '../parts/state.tsx'

type Props = {
  readonly points: readonly Point[]
  readonly chosen: string
  readonly proven: ReadonlySet<string>
  readonly damaged: ReadonlySet<string>
  readonly onPoint: (pointId: string) => void
}

const rowPx = 34
const spareRows = 6

/** All points of the machine, newest first, to choose another from; the arrows walk. */
export function RestorePoints({ points, chosen, proven, damaged, onPoint }: Props): ReactNode {
  const { t } = useTranslation()
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const pins = new Set(useList('pins').items)
  const at = points.findIndex((point) => point.id === chosen)
  const rows = useVirtualizer({
    count: points.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: spareRows,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another choice moves the list
  useEffect(() => {
    if (at >= 0) rows.scrollToIndex(at, { align: 'auto' })
  }, [chosen])
  const walk = (event: KeyboardEvent): void => {
    const to = stepIn(points.length, at, event.key)
    const point = to === undefined ? undefined : points[to]
    if (point === undefined) return
    event.preventDefault()
    onPoint(point.id)
  }
  return (
    <div
      ref={scroller}
      role="listbox"
      tabIndex={0}
      aria-label={t('restore.points')}
      aria-activedescendant={`${id}-${at}`}
      className="panel restore-points"
      onKeyDown={walk}
    >
      <div role="presentation" style={{ height: rows.getTotalSize(), position: 'relative' }}>
        {rows.getVirtualItems().map(({ index, start }) => {
          const point = points[index]
          return point === undefined ? undefined : (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the list itself hears the keys
            <div
              key={point.id}
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={point.id === chosen}
              aria-setsize={points.length}
              aria-posinset={index + 1}
              className="restore-point"
              style={{ height: rowPx, transform: `translateY(${start}px)` }}
              onClick={() => onPoint(point.id)}
            >
              <span className="restore-point-when">
                <Moment at={point.createdAt} />
              </span>
              <span>{t(`fact.method.${point.method}.word`)}</span>
              <span>{t(`fact.consistency.${point.consistency}.word`)}</span>
              <span className="restore-point-marks">
                {pins.has(point.id) ? <span>{t('restore.pinned')}</span> : undefined}
                <Trust isProven={proven.has(point.id)} isDamaged={damaged.has(point.id)} />
              </span>
            </div>
          )
        })}
      </div>
    </div>
  )
}

function Trust(props: { readonly isProven: boolean; readonly isDamaged: boolean }): ReactNode {
  const { t } = useTranslation()
  if (props.isDamaged) return <StateMark tone="bad" word={t('restore.damaged')} />
  return props.isProven ? <StateMark tone="good" word={t('restore.proven')} /> : undefined
}
