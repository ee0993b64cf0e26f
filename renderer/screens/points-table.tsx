import { ActionIcon, Badge, Button, Table, Tooltip, VisuallyHidden } from '@mantine/core'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type How, how as hows, type Point } from '../../shared/point.ts'
import { Moment } from '../parts/moment.tsx'
import { momentText, sizeText } from '../text/amounts.ts'
import { PointDetails } from './point-details.tsx'

type Props = { readonly points: readonly Point[]; readonly onRestore: (point: Point) => void }

const columns = ['moment', 'method', 'how', 'consistency', 'read', 'sent', 'stored'] as const
const numbers: readonly string[] = ['read', 'sent', 'stored']

/** The points of one machine, newest first; a row opens to tell how and why each disk was read. */
export function PointsTable(props: Props): ReactNode {
  const { t } = useTranslation()
  const [open, setOpen] = useState<string>()
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={36}>
            <VisuallyHidden>{t('common.details')}</VisuallyHidden>
          </Table.Th>
          {columns.map((column) => (
            <Table.Th key={column} className={numbers.includes(column) ? 'number' : ''}>
              {t(`machine.${column}`)}
            </Table.Th>
          ))}
          <Table.Th>
            <VisuallyHidden>{t('common.actions')}</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {props.points.map((point) => (
          <PointRow
            key={`${point.repositoryId} ${point.id}`}
            point={point}
            open={open === point.id}
            onOpen={(isOpen) => setOpen(isOpen ? point.id : undefined)}
            onRestore={props.onRestore}
          />
        ))}
      </Table.Tbody>
    </Table>
  )
}

type RowProps = {
  readonly point: Point
  readonly open: boolean
  readonly onOpen: (open: boolean) => void
  readonly onRestore: (point: Point) => void
}

function PointRow({ point, open, onOpen, onRestore }: RowProps): ReactNode {
  const { t, i18n } = useTranslation()
  const Chevron = open ? IconChevronDown : IconChevronRight
  const moment = momentText(point.createdAt, i18n.language)
  return (
    <>
      <Table.Tr className="row">
        <Table.Td>
          <ActionIcon
            size="sm"
            aria-expanded={open}
            aria-label={open ? t('common.hideDetails') : t('common.showDetails')}
            onClick={() => onOpen(!open)}
          >
            <Chevron size={15} aria-hidden="true" />
          </ActionIcon>
        </Table.Td>
        <Table.Td>
          <Moment at={point.createdAt} />
        </Table.Td>
        <Table.Td>
          <Explained kind="method" value={point.method} />
        </Table.Td>
        <Table.Td>
          {howsOf(point)
            .map((value) => t(`fact.how.${value}.word`))
            .join(' · ')}
        </Table.Td>
        <Table.Td>
          <Explained kind="consistency" value={point.consistency} />
        </Table.Td>
        <Table.Td className="number">{sizeText(point.bytesRead, i18n.language)}</Table.Td>
        <Table.Td className="number">{sizeText(point.bytesSent, i18n.language)}</Table.Td>
        <Table.Td className="number">{sizeText(point.bytesStored, i18n.language)}</Table.Td>
        <Table.Td className="number">
          <Button
            size="compact-xs"
            variant="default"
            aria-label={t('machine.restoreNamed', { moment })}
            onClick={() => onRestore(point)}
          >
            {t('machine.restore')}
          </Button>
        </Table.Td>
      </Table.Tr>
      {open ? (
        <Table.Tr>
          <Table.Td colSpan={columns.length + 2} className="opened">
            <PointDetails point={point} />
          </Table.Td>
        </Table.Tr>
      ) : undefined}
    </>
  )
}

function howsOf(point: Point): readonly How[] {
  return hows.options.filter((value) => point.disks.some((disk) => disk.how === value))
}

type ExplainedProps =
  | { readonly kind: 'method'; readonly value: Point['method'] }
  | { readonly kind: 'consistency'; readonly value: Point['consistency'] }

function Explained(props: ExplainedProps): ReactNode {
  const { t } = useTranslation()
  const word =
    props.kind === 'method' ? t(`fact.method.${props.value}.word`) : t(`fact.consistency.${props.value}.word`)
  const meaning =
    props.kind === 'method' ? t(`fact.method.${props.value}.meaning`) : t(`fact.consistency.${props.value}.meaning`)
  return (
    <Tooltip label={meaning}>
      <Badge variant="default" size="sm" radius="sm" tt="none" fw={500}>
        {word}
      </Badge>
    </Tooltip>
  )
}
