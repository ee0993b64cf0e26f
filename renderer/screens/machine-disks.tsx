import { Table } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { MachineDisk } from '../../shared/machine.ts'
import { Name } from '../parts/name.tsx'
import { Panel } from '../parts/panel.tsx'
import { StateMark } from '../parts/state.tsx'
import { sizeText } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'

/** The disks of a machine as its host tells them now, each with the reason where it cannot be backed up. */
export function MachineDisks(props: { readonly disks: readonly MachineDisk[] }): ReactNode {
  const { t, i18n } = useTranslation()
  return (
    <Panel title={t('machine.disks')} note={props.disks.length}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('machine.disk')}</Table.Th>
            <Table.Th>{t('machine.format')}</Table.Th>
            <Table.Th className="number">{t('machine.size')}</Table.Th>
            <Table.Th className="wide">{t('machine.protection')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {props.disks.map((disk) => (
            <Table.Tr key={disk.name}>
              <Table.Td maw={260}>
                <Name text={disk.name} />
              </Table.Td>
              <Table.Td>{visible(disk.format)}</Table.Td>
              <Table.Td className="number">
                {disk.sizeBytes === undefined ? t('common.none') : sizeText(disk.sizeBytes, i18n.language)}
              </Table.Td>
              <Table.Td className="wide" style={{ whiteSpace: 'normal' }}>
                {disk.problem === undefined ? (
                  <StateMark tone="good" word={t('machine.yes')} />
                ) : (
                  <StateMark tone="warn" word={visible(disk.problem)} />
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Panel>
  )
}
