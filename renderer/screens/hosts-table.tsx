import { Table, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host } from '../../shared/machine.ts'
import { useList } from '../parts/console-context.tsx'
import { Name } from '../parts/name.tsx'
import { HostState } from '../parts/state.tsx'
import { Told } from '../parts/told.tsx'
import { visible } from '../text/visible.ts'

type Props = {
  readonly hosts: readonly Host[]
  readonly chosenId: string | undefined
  readonly onChoose: (hostId: string | undefined) => void
}

export function HostsTable({ hosts, chosenId, onChoose }: Props): ReactNode {
  const { t } = useTranslation()
  const machinesOf = Map.groupBy(useList('machines').items, ({ hostId }) => hostId)
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('hosts.name')}</Table.Th>
          <Table.Th>{t('hosts.kind')}</Table.Th>
          <Table.Th className="wide">{t('hosts.address')}</Table.Th>
          <Table.Th>{t('hosts.state')}</Table.Th>
          <Table.Th className="number">{t('hosts.machines')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {hosts.map((host) => (
          <HostRow
            key={host.id}
            host={host}
            machines={machinesOf.get(host.id)?.length ?? 0}
            chosen={host.id === chosenId}
            onChoose={() => onChoose(host.id === chosenId ? undefined : host.id)}
          />
        ))}
      </Table.Tbody>
    </Table>
  )
}

type RowProps = {
  readonly host: Host
  readonly machines: number
  readonly chosen: boolean
  readonly onChoose: () => void
}

/** The name is the button for those at the keyboard; a click anywhere in the row does the same. */
function HostRow({ host, machines, chosen, onChoose }: RowProps): ReactNode {
  const { t } = useTranslation()
  return (
    <Table.Tr className="row choosable" data-chosen={chosen} onClick={onChoose}>
      <Table.Td maw={220}>
        <button
          type="button"
          className="row-button"
          aria-expanded={chosen}
          aria-label={t('hosts.details', { name: visible(host.name) })}
          onClick={(event) => {
            event.stopPropagation()
            onChoose()
          }}
        >
          <Name text={host.name} />
        </button>
      </Table.Td>
      <Table.Td>{t(`fact.hostKind.${host.address.kind}`)}</Table.Td>
      <Table.Td className="wide">
        <Name text={host.address.kind === 'libvirt' ? host.address.uri : host.address.folder} />
        {host.problem === undefined ? undefined : (
          <Text fz="xs" c="dimmed" style={{ whiteSpace: 'normal' }}>
            <Told text={host.problem} code={host.problemCode} />
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <HostState state={host.state} />
      </Table.Td>
      <Table.Td className="number">{machines}</Table.Td>
    </Table.Tr>
  )
}
