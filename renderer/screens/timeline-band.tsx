import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { momentAt, moved, neighbourOf, type Span, shareOf, stepOf, zoomed } from '../lineage/band.ts'
import type { LineageNode, PointNode } from '../lineage/lineage.ts'
import { momentText } from '../text/amounts.ts'
import type { Marks } from './lineage-marks.ts'
import { bandPx, TimelineMarks } from './timeline-marks.tsx'
import { useWidth } from './use-width.ts'

type Props = {
  readonly nodes: readonly LineageNode[]
  readonly points: readonly PointNode[]
  readonly marks: Marks
  readonly moment: number
  readonly chosen: LineageNode | undefined
  readonly span: Span
  readonly now: number
  readonly onSpan: (span: Span) => void
  readonly onMoment: (at: number) => void
  readonly onChoose: (node: LineageNode) => void
}

/** The slider itself. Its value is the moment; what the moment means is its text. */
export function TimelineBand(props: Props): ReactNode {
  const { t, i18n } = useTranslation()
  const { points, moment, chosen, span, now } = props
  const ref = useRef<HTMLDivElement>(null)
  const width = useWidth(ref)
  useWheel(ref, props)
  const follow = (event: PointerEvent): void => {
    const { left, width: wide } = event.currentTarget.getBoundingClientRect()
    props.onMoment(Math.min(now, momentAt(span, (event.clientX - left) / wide)))
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || !pressed(event.key, props)) return
    event.preventDefault()
  }
  const told = momentText(moment, i18n.language)
  const first = points[0]?.at ?? moment
  return (
    <div className="timeline">
      <div
        ref={ref}
        className="timeline-band"
        role="slider"
        tabIndex={0}
        aria-label={t('timeline.slider')}
        aria-valuemin={secondOf(Math.min(first, moment))}
        aria-valuemax={secondOf(Math.max(now, moment))}
        aria-valuenow={secondOf(moment)}
        aria-valuetext={
          chosen?.kind === 'point'
            ? t('timeline.value', { moment: told, point: momentText(chosen.at, i18n.language) })
            : moment < first
              ? t('timeline.valueNone', { moment: told })
              : told
        }
        style={{ height: bandPx }}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          if (event.button !== 0) return
          event.currentTarget.setPointerCapture(event.pointerId)
          follow(event)
        }}
        onPointerMove={(event) => event.currentTarget.hasPointerCapture(event.pointerId) && follow(event)}
      >
        <TimelineMarks nodes={props.nodes} marks={props.marks} span={span} now={now} widthPx={width} />
        <Cursor share={shareOf(span, moment)} chosen={chosen} span={span} />
      </div>
    </div>
  )
}

/** The moment as a line, and a frame around what is chosen. */
function Cursor(props: {
  readonly share: number
  readonly chosen: LineageNode | undefined
  readonly span: Span
}): ReactNode {
  const at = props.chosen === undefined || props.chosen.kind === 'here' ? undefined : props.chosen.at
  const chosenShare = at === undefined ? -1 : shareOf(props.span, at)
  return (
    <>
      {isInside(chosenShare) ? (
        <span className="timeline-chosen" style={{ left: `${chosenShare * 100}%` }} />
      ) : undefined}
      {isInside(props.share) ? (
        <span className="timeline-cursor" style={{ left: `${props.share * 100}%` }} />
      ) : undefined}
    </>
  )
}

function isInside(share: number): boolean {
  return share >= 0 && share <= 1
}

function secondOf(at: number): number {
  return Math.floor(at / 1000)
}

/** Answers whether the key means anything here. */
function pressed(key: string, { points, moment, chosen, span, now, onSpan, onMoment, onChoose }: Props): boolean {
  const goTo = (node: PointNode | undefined): void => {
    if (node !== undefined) onChoose(node)
  }
  const step = stepOf(span)
  const acts: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => onMoment(moment - step),
    ArrowDown: () => onMoment(moment - step),
    ArrowRight: () => onMoment(Math.min(now, moment + step)),
    ArrowUp: () => onMoment(Math.min(now, moment + step)),
    PageDown: () => goTo(neighbourOf(points, chosen?.key, -1)),
    PageUp: () => goTo(neighbourOf(points, chosen?.key, 1)),
    Home: () => goTo(points[0]),
    End: () => goTo(points.at(-1)),
    '+': () => onSpan(zoomed(span, 0.5, moment, now)),
    '=': () => onSpan(zoomed(span, 0.5, moment, now)),
    '-': () => onSpan(zoomed(span, 2, moment, now)),
  }
  const act = acts[key]
  act?.()
  return act !== undefined
}

const zoomPerNotch = 1.2
const notchPx = 100

/** With Ctrl, or on a band that has the focus, the wheel zooms around the pointer, else the page scrolls on; sideways it moves the band. A listener that React adds could not keep the page from scrolling. */
function useWheel(ref: { readonly current: HTMLDivElement | null }, props: Props): void {
  const last = useRef(props)
  useEffect(() => {
    last.current = props
  })
  useEffect(() => {
    const band = ref.current
    if (band === null) return
    const onWheel = (event: WheelEvent): void => {
      const { span, now, onSpan } = last.current
      const sideways = sidewaysOf(event)
      if (sideways === undefined && !isMeant(event, band)) return
      event.preventDefault()
      const { left, width } = band.getBoundingClientRect()
      if (sideways !== undefined) onSpan(moved(span, sideways / width, now))
      else {
        const factor = zoomPerNotch ** (event.deltaY / notchPx)
        onSpan(zoomed(span, factor, momentAt(span, (event.clientX - left) / width), now))
      }
    }
    band.addEventListener('wheel', onWheel, { passive: false })
    return () => band.removeEventListener('wheel', onWheel)
  }, [ref])
}

function isMeant({ ctrlKey, metaKey }: WheelEvent, band: Element): boolean {
  return ctrlKey || metaKey || document.activeElement === band
}

/** How far the wheel went sideways; undefined when it went up or down. Shift turns a wheel that has one direction only. */
function sidewaysOf({ shiftKey, deltaX, deltaY }: WheelEvent): number | undefined {
  if (shiftKey) return deltaX === 0 ? deltaY : deltaX
  return Math.abs(deltaX) > Math.abs(deltaY) ? deltaX : undefined
}
