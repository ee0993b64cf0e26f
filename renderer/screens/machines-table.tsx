import { Button, Table, Text, Tooltip, UnstyledButton, VisuallyHidden } from '@mantine/core'
import { IconAlertTriangle, IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Moment } from '../parts/moment.tsx'
import { Name } from '../parts/name.tsx'
import { MachineState } from '../parts/state.tsx'
import { useRowWindow } from '../parts/use-row-window.ts'
import type { Coverage } from '../stores/coverage.ts'
import { toFragment } from '../stores/navigation.ts'
import { sizeText } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'

const columns = ['name', 'state', 'host', 'disks', 'size', 'lastPoint', 'points'] as const
type Column = (typeof columns)[number]
type Order = { readonly column: Column; readonly down: boolean }

const keyOf: Readonly<Record<Column, (row: Coverage) => string | number>> = {
  name: () => 0,
  state: (row) => row.machine?.state ?? 'gone',
  host: (row) => row.host?.name ?? '',
  disks: (row) => row.machine?.disks.length ?? 0,
  size: (row) => row.sizeBytes,
  lastPoint: (row) => row.points[0]?.createdAt ?? 0,
  points: (row) => row.points.length,
}

type Props = { readonly rows: readonly Coverage[]; readonly onBackUp: (row: Coverage) => void }

/** What a row of one line takes, set in parts.css. */
const rowPx = 37

export function MachinesTable(props: Props): ReactNode {
  const [order, setOrder] = useState<Order>({ column: 'name', down: false })
  const { body, first, last } = useRowWindow(props.rows.length, rowPx)
  return (
    <Table aria-rowcount={props.rows.length + 1}>
      <Table.Thead>
        <Table.Tr aria-rowindex={1}>
          {columns.map((column) => (
            <Head key={column} column={column} order={order} onOrder={setOrder} />
          ))}
          <ActionsHead />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody ref={body}>
        <Room rows={first} />
        {inOrder(props.rows, order)
          .slice(first, last)
          .map((row, at) => (
            <MachineRow
              key={`${row.machineId} ${row.host?.id}`}
              row={row}
              index={first + at + 2}
              onBackUp={props.onBackUp}
            />
          ))}
        <Room rows={props.rows.length - last} />
      </Table.Tbody>
    </Table>
  )
}

/** The room of rows that are not drawn. */
function Room(props: { readonly rows: number }): ReactNode {
  if (props.rows <= 0) return undefined
  return (
    <tr>
      <td colSpan={columns.length + 1} style={{ height: props.rows * rowPx, padding: 0 }} />
    </tr>
  )
}

/** `rows` come sorted by name; other orders are stable on top of that. */
function inOrder(rows: readonly Coverage[], { column, down }: Order): readonly Coverage[] {
  const key = keyOf[column]
  const sorted = rows.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
  return down ? sorted.reverse() : sorted
}

type HeadProps = { readonly column: Column; readonly order: Order; readonly onOrder: (order: Order) => void }

function Head({ column, order, onOrder }: HeadProps): ReactNode {
  const { t } = useTranslation()
  const chosen = order.column === column
  const Arrow = order.down ? IconArrowDown : IconArrowUp
  const sort = chosen ? (order.down ? 'descending' : 'ascending') : 'none'
  const number = column === 'size' || column === 'points' || column === 'disks'
  return (
    <Table.Th aria-sort={sort} className={column === 'name' ? 'wide' : number ? 'number' : ''}>
      <UnstyledButton className="sort" onClick={() => onOrder({ column, down: chosen && !order.down })}>
        {t(`machines.${column}`)}
        {chosen ? <Arrow size={13} aria-hidden="true" /> : undefined}
      </UnstyledButton>
    </Table.Th>
  )
}

function ActionsHead(): ReactNode {
  const { t } = useTranslation()
  return (
    <Table.Th>
      <VisuallyHidden>{t('common.actions')}</VisuallyHidden>
    </Table.Th>
  )
}

type RowProps = { readonly row: Coverage; readonly index: number } & Pick<Props, 'onBackUp'>

function MachineRow({ row, index, onBackUp }: RowProps): ReactNode {
  const { t, i18n } = useTranslation()
  const newest = row.points[0]
  return (
    <Table.Tr className="row machine" aria-rowindex={index}>
      <Table.Td className="wide">
        <a className="link" href={toFragment({ kind: 'machine', machineId: row.machineId })}>
          <Name text={row.name} />
        </a>
      </Table.Td>
      <Table.Td>
        <MachineState state={row.machine?.state ?? 'gone'} />
      </Table.Td>
      <Table.Td maw={180}>{row.host === undefined ? t('common.none') : <Name text={row.host.name} />}</Table.Td>
      <Table.Td className="number">
        {row.problems > 0 ? <Problem count={row.problems} /> : undefined}
        {row.machine?.disks.length ?? newest?.disks.length ?? 0}
      </Table.Td>
      <Table.Td className="number">{sizeText(row.sizeBytes, i18n.language)}</Table.Td>
      <Table.Td>
        {newest === undefined ? (
          <Text inherit c="dimmed">
            {t('machines.unprotected')}
          </Text>
        ) : (
          <Moment at={newest.createdAt} short />
        )}
      </Table.Td>
      <Table.Td className="number">{row.points.length}</Table.Td>
      <Table.Td className="number">
        {row.machine === undefined ? undefined : (
          <Button
            variant="default"
            size="compact-xs"
            aria-label={t('machines.backUpNamed', { name: visible(row.name) })}
            onClick={() => onBackUp(row)}
          >
            {t('machines.backUp')}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
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
