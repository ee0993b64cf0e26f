import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Run } from '../../shared/job.ts'
import { goTo } from '../parts/console-context.tsx'
import { stepIn } from '../parts/list-step.ts'
import { RunCard } from './run-card.tsx'

type Props = {
  readonly runs: readonly Run[]
  readonly nameOf: (run: Run) => string
  readonly chosen: string | undefined
}

/** Shorter lists are drawn whole, so that the browser's own search finds everything. */
const wholeUpTo = 150
const spareRows = 8
const usualRowPx = 62

/** Cards of runs in a list of its own scroll; the arrows walk from card to card. */
export function RunList({ runs, nameOf, chosen }: Props): ReactNode {
  const { t } = useTranslation()
  const scroller = useRef<HTMLDivElement>(null)
  const links = useRef(new Map<string, HTMLAnchorElement>())
  const rows = useVirtualizer({
    count: runs.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => usualRowPx,
    overscan: runs.length <= wholeUpTo ? runs.length : spareRows,
    getItemKey: (at) => runs[at]?.id ?? at,
  })
  const at = runs.findIndex(({ id }) => id === chosen)
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another choice moves the list, not news of runs
  useEffect(() => {
    if (at >= 0) rows.scrollToIndex(at, { align: 'auto' })
  }, [chosen])
  const walk = (event: KeyboardEvent): void => {
    if (!(event.target instanceof HTMLAnchorElement)) return
    const from = Number(event.target.closest('.run-row')?.getAttribute('data-index'))
    const to = stepIn(runs.length, from, event.key)
    const run = to === undefined ? undefined : runs[to]
    if (to === undefined || run === undefined) return
    event.preventDefault()
    rows.scrollToIndex(to, { align: 'auto' })
    goTo({ kind: 'activity', runId: run.id })
    requestAnimationFrame(() => links.current.get(run.id)?.focus())
  }
  return (
    <div ref={scroller} className="panel run-list" role="feed" aria-label={t('activity.runs')} onKeyDown={walk}>
      <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
        {rows.getVirtualItems().map(({ index, key, start }) => {
          const run = runs[index]
          return run === undefined ? undefined : (
            <div
              key={key}
              data-index={index}
              ref={rows.measureElement}
              className="run-row"
              style={{ transform: `translateY(${start}px)` }}
            >
              <RunCard
                run={run}
                name={nameOf(run)}
                chosen={run.id === chosen}
                link={(link) => void (link === null ? links.current.delete(run.id) : links.current.set(run.id, link))}
              />
            </div>
          )
        })}
      </div>
    </div>
  )
}
