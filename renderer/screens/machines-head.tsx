import { Checkbox, UnstyledButton, VisuallyHidden } from '@mantine/core'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { type Order, type Sortable, sortable } from './machines-rows.ts'

const columns = ['name', 'state', 'host', 'protection', 'lastPoint', 'days', 'size', 'points'] as const
type Column = (typeof columns)[number]

type Props = {
  readonly order: Order
  readonly onOrder: (order: Order) => void
  readonly chosen: ReadonlySet<string>
  /** The rows that are shown. */
  readonly keys: readonly string[]
  readonly onAll: () => void
}

export function MachinesHead({ order, onOrder, chosen, keys, onAll }: Props): ReactNode {
  const { t } = useTranslation()
  const isAll = keys.length > 0 && keys.every((key) => chosen.has(key))
  return (
    // biome-ignore lint/a11y/useSemanticElements: the head of a grid that is no table
    <div role="rowgroup" className="machines-head">
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus */}
      <div role="row" aria-rowindex={1} className="machines-row">
        <Head className="">
          <Checkbox
            size="xs"
            aria-label={t('machines.selectAll')}
            checked={isAll}
            indeterminate={!isAll && keys.some((key) => chosen.has(key))}
            onChange={onAll}
          />
        </Head>
        {columns.map((column) => (
          <ColumnHead key={column} column={column} order={order} onOrder={onOrder} />
        ))}
        <Head className="">
          <VisuallyHidden>{t('common.actions')}</VisuallyHidden>
        </Head>
      </div>
    </div>
  )
}

type HeadProps = { readonly column: Column } & Pick<Props, 'order' | 'onOrder'>

function ColumnHead({ column, order, onOrder }: HeadProps): ReactNode {
  const { t } = useTranslation()
  const className = column === 'size' || column === 'points' ? 'number' : ''
  if (!isSortable(column)) return <Head className={className}>{t(`machines.${column}`)}</Head>
  const chosen = order.column === column
  const Arrow = order.down ? IconArrowDown : IconArrowUp
  return (
    <Head className={className} sort={chosen ? (order.down ? 'descending' : 'ascending') : 'none'}>
      <UnstyledButton className="sort" onClick={() => onOrder({ column, down: chosen && !order.down })}>
        {t(`machines.${column}`)}
        {chosen ? <Arrow size={13} aria-hidden="true" /> : undefined}
      </UnstyledButton>
    </Head>
  )
}

type CellProps = {
  readonly className: string
  readonly sort?: 'ascending' | 'descending' | 'none'
  readonly children: ReactNode
}

function Head({ className, sort, children }: CellProps): ReactNode {
  return (
    // biome-ignore lint/a11y/useSemanticElements: the head of a grid that is no table
    // biome-ignore lint/a11y/useFocusableInteractive: what can be pressed stands inside
    <div role="columnheader" className={className} {...(sort === undefined ? {} : { 'aria-sort': sort })}>
      {children}
    </div>
  )
}

function isSortable(column: Column): column is Column & Sortable {
  return sortable.some((each) => each === column)
}
