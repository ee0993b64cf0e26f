import { Table } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { MachineDisk } from '../../shared/machine.ts'
import { Name } from '../parts/name.tsx'
import { Panel } from '../parts/panel.tsx'
import { StateMark } from '../parts/state.tsx'
import { Told } from '../parts/told.tsx'
import { sizeText } from '../text/amounts.ts'

/** The disks of a machine as its host tells them now, each with the reason where it cannot be backed up. */
export function MachineDisks(props: { readonly disks: readonly MachineDisk[] }): ReactNode {
  const { t } = useTranslation()
  return (
    <Panel title={t('machine.disks')} note={props.disks.length}>
      <div className="machine-disks">
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('machine.disk')}</Table.Th>
              <Table.Th>{t('machine.format')}</Table.Th>
              <Table.Th className="number">{t('machine.size')}</Table.Th>
              <Table.Th className="wide">{t('machine.path')}</Table.Th>
              <Table.Th>{t('machine.protection')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {props.disks.map((disk) => (
              <DiskRow key={disk.name} disk={disk} />
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Panel>
  )
}

function DiskRow({ disk }: { readonly disk: MachineDisk }): ReactNode {
  const { t, i18n } = useTranslation()
  const { problem } = disk
  return (
    <Table.Tr>
      <Table.Td maw={160}>
        <Name text={disk.name} />
      </Table.Td>
      <Table.Td maw={90}>
        <Name text={disk.format} />
      </Table.Td>
      <Table.Td className="number">
        {disk.sizeBytes === undefined ? t('common.none') : sizeText(disk.sizeBytes, i18n.language)}
      </Table.Td>
      <Table.Td className="wide">
        {problem !== undefined ? (
          <span className="machine-disk-problem">
            <Told text={problem} />
          </span>
        ) : disk.path === undefined ? (
          t('common.none')
        ) : (
          <Name text={disk.path} />
        )}
      </Table.Td>
      <Table.Td>
        <StateMark
          tone={problem === undefined ? 'good' : 'warn'}
          word={problem === undefined ? t('machine.yes') : t('machine.no')}
        />
      </Table.Td>
    </Table.Tr>
  )
}
