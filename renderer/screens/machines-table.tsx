import { type DragEvent, type MouseEvent, type ReactNode, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Policy } from '../../shared/policy.ts'
import { goTo } from '../parts/console-context.tsx'
import { type Answer, type Choice, clicked, pressed, stand, toggleAll } from '../parts/row-choice.ts'
import { MachinesBody, type Scroll } from './machines-body.tsx'
import { MachinesHead } from './machines-head.tsx'
import { machinesDragType } from './machines-policy-targets.tsx'
import { rowId } from './machines-row.tsx'
import type { MachineRow, Order } from './machines-rows.ts'

type Props = {
  readonly rows: readonly MachineRow[]
  readonly order: Order
  readonly onOrder: (order: Order) => void
  readonly choice: Choice
  readonly onChoice: (choice: Choice) => void
  readonly chosenIds: readonly string[]
  /** Machines that are on the way to a policy; none when they were dropped or let go. */
  readonly onDrag: (machineIds: readonly string[]) => void
  readonly onAdd: (policy: Policy, machineIds: readonly string[]) => void
}

/** One stop of the Tab key; inside it arrows move and rows are chosen. */
export function MachinesTable(props: Props): ReactNode {
  const { t } = useTranslation()
  const { rows, choice } = props
  const grid = useRef<HTMLDivElement>(null)
  const scroll = useRef<Scroll>(undefined)
  const keys = useMemo(() => rows.map(({ key }) => key), [rows])
  const active = choice.active !== undefined && keys.includes(choice.active) ? choice.active : undefined
  const { menu, setMenu, follow } = useFollowed(props)
  const focusGrid = (): void => grid.current?.focus({ preventScroll: true })
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table of which only a part is drawn
    <div
      ref={grid}
      className="machines-grid"
      role="grid"
      aria-label={t('machines.title')}
      aria-rowcount={rows.length + 1}
      aria-multiselectable="true"
      aria-activedescendant={active === undefined ? undefined : rowId(active)}
      tabIndex={0}
      onFocus={(event) => {
        const first = keys[scroll.current?.firstShown() ?? 0]
        if (event.target === event.currentTarget && active === undefined && first !== undefined)
          props.onChoice(stand(choice, first))
      }}
      onKeyDown={(event) => {
        const answer = event.target === event.currentTarget ? pressed(choice, keys, event) : undefined
        if (answer === undefined) return
        event.preventDefault()
        follow(answer)
        if (answer.kind === 'choose') scroll.current?.to(keys.indexOf(answer.choice.active ?? ''))
      }}
      onClick={(event) => {
        const { key, part } = pointedAt(event)
        if (key === undefined || part === 'link') return
        // First the focus, which may choose a row to stand on, then what was clicked.
        if (part !== 'menu') focusGrid()
        follow(clicked(choice, keys, key, part, event))
      }}
      onContextMenu={(event) =>
        openMenu(event, active, (key) => {
          props.onChoice(stand(choice, key))
          setMenu(key)
        })
      }
      onDragStart={(event) => drag(event, props)}
      onDragEnd={() => props.onDrag([])}
    >
      <MachinesHead
        order={props.order}
        onOrder={props.onOrder}
        chosen={choice.chosen}
        keys={keys}
        onAll={() => props.onChoice(toggleAll(choice, keys))}
      />
      <MachinesBody
        rows={rows}
        grid={grid}
        scroll={scroll}
        chosen={choice.chosen}
        active={active}
        menu={menu}
        onMenuClose={() => {
          setMenu(undefined)
          focusGrid()
        }}
        onAdd={props.onAdd}
      />
    </div>
  )
}

type Followed = {
  /** The row whose menu is open. */
  readonly menu: string | undefined
  readonly setMenu: (key: string | undefined) => void
  readonly follow: (answer: Answer) => void
}

function useFollowed({ rows, onChoice }: Props): Followed {
  const [menu, setMenu] = useState<string>()
  return {
    menu,
    setMenu,
    follow(answer) {
      if (answer.kind === 'choose') onChoice(answer.choice)
      else if (answer.kind === 'menu') setMenu(answer.key === menu ? undefined : answer.key)
      else openRow(rows, answer.key)
    },
  }
}

function openRow(rows: readonly MachineRow[], key: string): void {
  const row = rows.find((each) => each.key === key)
  if (row !== undefined) goTo({ kind: 'machine', machineId: row.coverage.machineId })
}

/** The key for it on the keyboard points at nothing but the grid: then the row that one is at is meant. */
function openMenu(event: MouseEvent, active: string | undefined, open: (key: string) => void): void {
  const key = event.target === event.currentTarget ? active : pointedAt(event).key
  if (key === undefined) return
  event.preventDefault()
  open(key)
}

/** Takes all chosen machines along when one of them is dragged. */
function drag(event: DragEvent, { rows, chosenIds, onDrag }: Props): void {
  const row = rows.find(({ key }) => key === pointedAt(event).key)
  if (row === undefined) return
  const own = row.coverage.machineId
  const ids = chosenIds.includes(own) ? chosenIds : [own]
  event.dataTransfer.setData(machinesDragType, JSON.stringify(ids))
  event.dataTransfer.effectAllowed = 'copy'
  // What appears under the pointer while the drag begins would end it.
  requestAnimationFrame(() => onDrag(ids))
}

type Pointed = { readonly key: string | undefined; readonly part: string | undefined }

/** The row that an event came from, and the part of it that does something of its own. */
function pointedAt({ target }: { readonly target: EventTarget }): Pointed {
  if (!(target instanceof Element)) return { key: undefined, part: undefined }
  const row = target.closest('[data-key]')
  const part = target.closest('[data-part]')
  return { key: row?.getAttribute('data-key') ?? undefined, part: part?.getAttribute('data-part') ?? undefined }
}
