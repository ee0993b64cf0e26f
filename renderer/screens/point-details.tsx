import { List, Table, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Point, PointDisk } from '../../shared/point.ts'
import { useList } from '../parts/console-context.tsx'
import { Name } from '../parts/name.tsx'
import { sizeText } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'

/** What a point is made of: each disk with how and why it was read, and what a restore should know. */
export function PointDetails({ point }: { readonly point: Point }): ReactNode {
  const { t } = useTranslation()
  const repository = useList('repositories').items.find(({ id }) => id === point.repositoryId)
  return (
    <div className="stack">
      <Table withRowBorders={false} verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('machine.disk')}</Table.Th>
            <Table.Th className="number">{t('machine.size')}</Table.Th>
            <Table.Th className="number">{t('machine.read')}</Table.Th>
            <Table.Th className="wide">{t('machine.how')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {point.disks.map((disk) => (
            <DiskRow key={disk.name} disk={disk} />
          ))}
        </Table.Tbody>
      </Table>
      {point.warnings.length === 0 ? undefined : (
        <div>
          <Text fw={600} inherit>
            {t('common.warning')}
          </Text>
          <List size="sm">
            {point.warnings.map((warning) => (
              <List.Item key={warning}>{visible(warning)}</List.Item>
            ))}
          </List>
        </div>
      )}
      <dl className="facts">
        <dt>{t('machine.point')}</dt>
        <dd style={{ fontFamily: 'var(--mantine-font-family-monospace)' }}>{point.id}</dd>
        <dt>{t('machine.repository')}</dt>
        <dd>{repository === undefined ? point.repositoryId : <Name text={repository.address.folder} />}</dd>
        {point.freezeMs === undefined ? undefined : (
          <>
            <dt>{t('machine.freeze')}</dt>
            <dd>{t('machine.milliseconds', { count: Math.round(point.freezeMs) })}</dd>
          </>
        )}
      </dl>
    </div>
  )
}

function DiskRow({ disk }: { readonly disk: PointDisk }): ReactNode {
  const { t, i18n } = useTranslation()
  return (
    <Table.Tr>
      <Table.Td maw={220}>
        <Name text={disk.name} />
      </Table.Td>
      <Table.Td className="number">{sizeText(disk.sizeBytes, i18n.language)}</Table.Td>
      <Table.Td className="number">{sizeText(disk.bytesRead, i18n.language)}</Table.Td>
      <Table.Td className="wide" style={{ whiteSpace: 'normal' }}>
        {t(`fact.how.${disk.how}.meaning`)} {t(`fact.cause.${disk.cause}`)}
      </Table.Td>
    </Table.Tr>
  )
}
