import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import { type DragEvent, type KeyboardEvent, type ReactNode, type Ref, useId, useImperativeHandle, useRef } from 'react'
import { type Answer, type Choice, clicked, pressed, stand } from './row-choice.ts'

export type GridHandle = {
  focus(): void
  /** Brings a row into view. */
  to(index: number): void
}

type Props = {
  readonly label: string
  readonly className: string
  /** One for each row, in the order in which they are shown. */
  readonly keys: readonly string[]
  readonly rowPx: number
  /** Stays at the top; `head` is one row of it. */
  readonly head?: ReactNode
  readonly choice: Choice
  readonly onChoice: (choice: Choice) => void
  readonly onOpen: (key: string) => void
  /** Hears keys first; answers whether it took one. */
  readonly onKey?: (event: KeyboardEvent) => boolean
  /** All chosen rows, when one of them is taken, else that one. */
  readonly onDrag?: (keys: readonly string[], event: DragEvent) => void
  readonly onDragEnd?: () => void
  /** The cells of a row. */
  readonly row: (index: number, chosen: boolean) => ReactNode
  readonly rowClass?: (index: number) => string
  readonly ref?: Ref<GridHandle>
}

/**
 * Rows of which only those in view are drawn: one stop of the Tab key, arrows move inside it, Space and ticks choose, Enter and a
 * double click open. Links in a row carry `data-part="link"`, its tick `data-part="tick"`.
 */
export function RowGrid(props: Props): ReactNode {
  const { keys, choice, rowPx } = props
  const id = useId()
  const grid = useRef<HTMLDivElement>(null)
  const hasHead = props.head !== undefined
  const virtual = useVirtualizer({
    count: keys.length,
    getScrollElement: () => grid.current,
    estimateSize: () => rowPx,
    overscan: 12,
    // The head covers the first of them.
    scrollPaddingStart: hasHead ? rowPx : 0,
    useFlushSync: false,
  })
  const to = (index: number): void => void (index >= 0 && virtual.scrollToIndex(index))
  useImperativeHandle(props.ref, () => ({ focus: () => grid.current?.focus({ preventScroll: true }), to }))
  const active = choice.active === undefined ? -1 : keys.indexOf(choice.active)
  const follow = (answer: Answer | undefined): void => {
    if (answer?.kind === 'open') props.onOpen(answer.key)
    if (answer?.kind !== 'choose') return
    props.onChoice(answer.choice)
    to(keys.indexOf(answer.choice.active ?? ''))
  }
  const press = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget) return
    const taken = props.onKey?.(event) === true
    const answer = taken ? undefined : pressed(choice, keys, event)
    if (taken || answer !== undefined) event.preventDefault()
    follow(answer)
  }
  const enter = (): void => {
    const first = keys[virtual.range?.startIndex ?? 0]
    if (active === -1 && first !== undefined) props.onChoice(stand(choice, first))
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table of which only a part is drawn
    <div
      ref={grid}
      role="grid"
      className={`row-grid ${props.className}`}
      aria-label={props.label}
      aria-rowcount={keys.length + Number(hasHead)}
      aria-multiselectable="true"
      aria-activedescendant={active === -1 ? undefined : `${id}-${active}`}
      tabIndex={0}
      onFocus={(event) => event.target === event.currentTarget && enter()}
      onKeyDown={press}
      onClick={(event) => {
        const { key, part } = pointedAt(event.target)
        if (key === undefined || part === 'link') return
        grid.current?.focus({ preventScroll: true })
        follow(clicked(choice, keys, key, part, event))
      }}
      onDoubleClick={({ target }) => {
        const { key, part } = pointedAt(target)
        if (key !== undefined && part === undefined) props.onOpen(key)
      }}
      onDragStart={(event) => {
        const { key } = pointedAt(event.target)
        if (key !== undefined) props.onDrag?.(choice.chosen.has(key) ? [...choice.chosen] : [key], event)
      }}
      onDragEnd={props.onDragEnd}
    >
      {props.head}
      <Body {...props} id={id} active={active} virtual={virtual} />
    </div>
  )
}

type BodyProps = Props & {
  readonly id: string
  readonly active: number
  readonly virtual: Virtualizer<HTMLDivElement, Element>
}

function Body({ id, keys, choice, active, virtual, ...props }: BodyProps): ReactNode {
  const before = 1 + Number(props.head !== undefined)
  return (
    // biome-ignore lint/a11y/useSemanticElements: the body of a grid that is no table
    <div role="rowgroup" className="row-grid-body" style={{ height: virtual.getTotalSize() }}>
      {virtual.getVirtualItems().map(({ index, start }) => {
        const key = keys[index]
        if (key === undefined) return undefined
        const chosen = choice.chosen.has(key)
        return (
          // biome-ignore lint/a11y/useSemanticElements: a row of a grid that is no table
          // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus
          <div
            role="row"
            key={key}
            id={`${id}-${index}`}
            className={`row-grid-row ${props.rowClass?.(index) ?? ''}`}
            aria-rowindex={index + before}
            aria-selected={chosen}
            data-key={key}
            data-active={index === active ? true : undefined}
            draggable={props.onDrag !== undefined}
            style={{ height: props.rowPx, transform: `translateY(${start}px)` }}
          >
            {props.row(index, chosen)}
          </div>
        )
      })}
    </div>
  )
}

type CellProps = { readonly className?: string; readonly part?: string; readonly children: ReactNode }

export function GridCell({ className, part, children }: CellProps): ReactNode {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a cell of a grid that is no table
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus
    <div role="gridcell" className={className} data-part={part}>
      {children}
    </div>
  )
}

/** The row that an event came from, and the part of it that does something of its own. */
function pointedAt(target: EventTarget): { readonly key: string | undefined; readonly part: string | undefined } {
  if (!(target instanceof Element)) return { key: undefined, part: undefined }
  const row = target.closest('[data-key]')
  const part = target.closest('[data-part]')
  return { key: row?.getAttribute('data-key') ?? undefined, part: part?.getAttribute('data-part') ?? undefined }
}
