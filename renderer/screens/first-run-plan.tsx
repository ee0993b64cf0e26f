import { Alert, List, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { BackupPlan } from '../../shared/plan.ts'
import { useCoverage } from '../parts/console-context.tsx'
import { Name } from '../parts/name.tsx'
import { durationText, sizeText } from '../text/amounts.ts'
import { Good } from './host-fields.tsx'

/** What the first backups will take, and what keeps one of them from starting. */
export function FirstPlan({ plan }: { readonly plan: BackupPlan }): ReactNode {
  const { t, i18n } = useTranslation()
  const coverage = useCoverage()
  const blocked = plan.machines.filter(({ obstacles }) => obstacles.length > 0)
  const sum = (amount: 'bytesRead' | 'bytesStored'): string =>
    sizeText(
      plan.machines.reduce((all, machine) => all + machine[amount], 0),
      i18n.language,
    )
  const amounts = [
    t('start.willRead', { read: sum('bytesRead'), stored: sum('bytesStored') }),
    ...(plan.seconds === undefined ? [] : [t('start.willTake', { duration: durationText(plan.seconds) })]),
    ...(plan.freeBytes === undefined ? [] : [t('start.freeThere', { free: sizeText(plan.freeBytes, i18n.language) })]),
  ].join(' · ')
  if (blocked.length === 0) {
    return (
      <Good text={t('start.ready')}>
        <Text fz="sm">{amounts}</Text>
      </Good>
    )
  }
  return (
    <Alert
      role="alert"
      variant="light"
      color="yellow"
      p="xs"
      title={t('start.inTheWay')}
      icon={<IconAlertTriangle size={17} aria-hidden="true" />}
    >
      <List size="sm">
        {blocked.map(({ machineId, obstacles }) => (
          <List.Item key={machineId}>
            <Name text={coverage.find((row) => row.machineId === machineId)?.name ?? machineId} />
            {': '}
            {obstacles.map((obstacle) => t(`fact.obstacle.${obstacle}`)).join(' ')}
          </List.Item>
        ))}
      </List>
      <Text fz="sm">{amounts}</Text>
    </Alert>
  )
}
