import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

/** What stands where something is on its way. */
export function Loading(): ReactNode {
  const { t } = useTranslation()
  return (
    <Text c="dimmed" role="status" p="md">
      {t('app.loading')}
    </Text>
  )
}
