import { Menu, Tooltip } from '@mantine/core'
import { IconAlertTriangle, IconDots } from '@tabler/icons-react'
import { memo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { DayResult } from '../../shared/history.ts'
import type { Policy } from '../../shared/policy.ts'
import { Name } from '../parts/name.tsx'
import { MachineState, ProtectionMark } from '../parts/state.tsx'
import { toFragment } from '../stores/navigation.ts'
import { sizeText } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'
import { DayDots } from './machines-days.tsx'
import { MachineItems, menuInMain } from './machines-menu.tsx'
import type { MachineRow } from './machines-rows.ts'
import type { RowWords } from './machines-words.ts'

/** What a row takes, set in machines.css as well. */
export const rowPx = 34

export function rowId(key: string): string {
  return `machine-${key.replace(' ', '-')}`
}

type Props = {
  readonly row: MachineRow
  readonly index: number
  readonly top: number
  readonly chosen: boolean
  readonly active: boolean
  readonly words: RowWords
  readonly days: readonly DayResult[] | undefined
  readonly menu: boolean
  readonly onMenuClose: () => void
  readonly onAdd: (policy: Policy, machineIds: readonly string[]) => void
}

/** Its marks `data-key` and `data-part` tell the grid what was pressed: rows have no listeners of their own. */
export const MachineRowLine = memo(
  function MachineRowLine(props: Props): ReactNode {
    const { t, i18n } = useTranslation()
    const { row, index, top, chosen, active, words } = props
    const { coverage, lastGood } = row
    return (
      // biome-ignore lint/a11y/useSemanticElements: a row of a grid that is no table
      // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus
      <div
        role="row"
        id={rowId(row.key)}
        className="machines-row machine-row"
        aria-rowindex={index + 2}
        aria-selected={chosen}
        data-key={row.key}
        data-active={active || undefined}
        draggable={coverage.machine !== undefined}
        style={{ transform: `translateY(${top}px)` }}
      >
        <Cell part="tick">
          <input
            type="checkbox"
            className="machine-tick"
            tabIndex={-1}
            readOnly
            checked={chosen}
            aria-label={t('machines.selectNamed', { name: visible(coverage.name) })}
          />
        </Cell>
        <Cell>
          <a
            className="link"
            data-part="link"
            tabIndex={-1}
            draggable={false}
            href={toFragment({ kind: 'machine', machineId: coverage.machineId })}
          >
            <Name text={coverage.name} />
          </a>
          {coverage.problems > 0 ? <Problem count={coverage.problems} /> : undefined}
        </Cell>
        <Cell>
          <MachineState state={coverage.machine?.state ?? 'gone'} />
        </Cell>
        <Cell>{coverage.host === undefined ? t('common.none') : <Name text={coverage.host.name} />}</Cell>
        <Cell>
          <ProtectionCell row={row} />
        </Cell>
        <Cell>
          {lastGood === undefined ? (
            <span className="machine-dim">{t('machines.noPoint')}</span>
          ) : (
            <time dateTime={new Date(lastGood.createdAt).toISOString()} title={words.moment(lastGood.createdAt)}>
              {words.ago(lastGood.createdAt)}
            </time>
          )}
        </Cell>
        <Cell>
          <DayDots words={words} results={props.days} />
        </Cell>
        <Cell className="number">{sizeText(coverage.sizeBytes, i18n.language)}</Cell>
        <Cell className="number">{coverage.points.length}</Cell>
        <Cell>
          <RowMenu {...props} />
        </Cell>
      </div>
    )
  },
  // The grid makes new functions each time it is drawn; they do the same.
  (a, b) =>
    a.row === b.row &&
    a.top === b.top &&
    a.chosen === b.chosen &&
    a.active === b.active &&
    a.menu === b.menu &&
    a.days === b.days &&
    a.words === b.words,
)

type CellProps = { readonly className?: string; readonly part?: string; readonly children: ReactNode }

function Cell({ className, part, children }: CellProps): ReactNode {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a cell of a grid that is no table
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus
    <div role="gridcell" className={className} data-part={part}>
      {children}
    </div>
  )
}

/** The state and the weightiest reason; all reasons stand in the title, and below the table for the row one is at. */
function ProtectionCell({ row: { protection } }: { readonly row: MachineRow }): ReactNode {
  const { t } = useTranslation()
  if (protection === undefined) return t('common.none')
  const reasons = protection.reasons.map((reason) => t(`fact.protectionReason.${reason}`))
  return (
    <span className="protection" title={reasons.join('\n')}>
      <ProtectionMark state={protection.state} />
      <span className="protection-reason">{reasons[0]}</span>
    </span>
  )
}

function RowMenu({ row, menu, onMenuClose, onAdd }: Props): ReactNode {
  const { t } = useTranslation()
  const button = (
    <button
      type="button"
      className="machine-more"
      tabIndex={-1}
      data-part="menu"
      aria-haspopup="menu"
      aria-expanded={menu}
      aria-label={t('machines.moreNamed', { name: visible(row.coverage.name) })}
    >
      <IconDots size={15} aria-hidden="true" />
    </button>
  )
  if (!menu) return button
  return (
    <Menu
      opened
      onClose={onMenuClose}
      position="bottom-end"
      shadow="md"
      width={240}
      returnFocus={false}
      {...menuInMain}
      // Not keydown: the key that opens it would close it again.
      clickOutsideEvents={['mousedown', 'touchstart']}
    >
      <Menu.Target>{button}</Menu.Target>
      <Menu.Dropdown data-part="link">
        <MachineItems machine={row.coverage} onAdd={onAdd} />
      </Menu.Dropdown>
    </Menu>
  )
}

function Problem(props: { readonly count: number }): ReactNode {
  const { t } = useTranslation()
  const text = t('machines.problem', { count: props.count })
  return (
    <Tooltip label={text}>
      <IconAlertTriangle className="tone-warn problem" size={15} role="img" aria-label={text} />
    </Tooltip>
  )
}
