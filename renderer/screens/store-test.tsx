import { Alert, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Result } from '../../shared/contract.ts'
import { sizeText } from '../text/amounts.ts'
import { Good } from './host-fields.tsx'

export type Tested = Result<'testStore'>

/** What lies at a folder that is to hold a repository, and how much room is there. */
export function StoreTest({ tested, children }: { readonly tested: Tested; readonly children?: ReactNode }): ReactNode {
  const { t, i18n } = useTranslation()
  const { freeBytes, totalBytes } = tested
  const room =
    freeBytes === undefined || totalBytes === undefined
      ? undefined
      : t('start.free', { free: sizeText(freeBytes, i18n.language), total: sizeText(totalBytes, i18n.language) })
  if (tested.holds === 'nothing') return <Good text={[t('start.holdsNothing'), room].filter(Boolean).join(' ')} />
  return (
    <Alert
      role="status"
      variant="light"
      color="yellow"
      p="xs"
      icon={<IconAlertTriangle size={17} aria-hidden="true" />}
    >
      <Text fz="sm">{tested.holds === 'repository' ? t('start.holdsRepository') : t('start.holdsOther')}</Text>
      {room === undefined ? undefined : <Text fz="sm">{room}</Text>}
      {tested.holds === 'repository' ? children : undefined}
    </Alert>
  )
}
