import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, type RefObject, useImperativeHandle } from 'react'
import type { Policy } from '../../shared/policy.ts'
import { MachineRowLine, rowPx } from './machines-row.tsx'
import type { MachineRow } from './machines-rows.ts'
import { useRowWords } from './machines-words.ts'
import { useDays } from './use-days.ts'

/** What the keyboard needs of the rows that are drawn. */
export type Scroll = {
  to(index: number): void
  /** The first row in view. */
  firstShown(): number
}

type Props = {
  readonly rows: readonly MachineRow[]
  /** The element that scrolls. */
  readonly grid: RefObject<HTMLDivElement | null>
  readonly scroll: RefObject<Scroll | undefined>
  readonly chosen: ReadonlySet<string>
  readonly active: string | undefined
  /** The row whose menu is open. */
  readonly menu: string | undefined
  readonly onMenuClose: () => void
  readonly onAdd: (policy: Policy, machineIds: readonly string[]) => void
}

const shownDays = 14

/** Only the rows in view are drawn, and some around them. */
export function MachinesBody(props: Props): ReactNode {
  const { rows } = props
  const days = useDays(shownDays)
  const words = useRowWords(days.starts)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => props.grid.current,
    estimateSize: () => rowPx,
    overscan: 14,
    // The head of the grid covers the first of them.
    scrollPaddingStart: rowPx,
    useFlushSync: false,
  })
  useImperativeHandle(
    props.scroll,
    () => ({
      to: (index) => index >= 0 && virtual.scrollToIndex(index),
      firstShown: () => virtual.range?.startIndex ?? 0,
    }),
    [virtual],
  )
  return (
    // biome-ignore lint/a11y/useSemanticElements: the body of a grid that is no table
    <div role="rowgroup" className="machines-body" style={{ height: virtual.getTotalSize() }}>
      {virtual.getVirtualItems().map(({ index, start }) => {
        const row = rows[index]
        return row === undefined ? undefined : (
          <MachineRowLine
            key={row.key}
            row={row}
            index={index}
            top={start}
            chosen={props.chosen.has(row.key)}
            active={row.key === props.active}
            words={words}
            days={days.results.get(row.coverage.machineId)}
            menu={row.key === props.menu}
            onMenuClose={props.onMenuClose}
            onAdd={props.onAdd}
          />
        )
      })}
    </div>
  )
}
