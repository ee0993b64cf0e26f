import { Alert, Button, CopyButton, Group, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { WireFailure } from '../../shared/failure.ts'
import { visible } from '../text/visible.ts'

/** A failure as people need it: the cause, the next step, and the details to copy for somebody else. */
export function FailureNote(props: { readonly failure: WireFailure; readonly context?: string }): ReactNode {
  const { t } = useTranslation()
  const { code, message } = props.failure
  const details = [code, message, props.context].filter((line) => line !== undefined).join('\n')
  return (
    <Alert
      role="alert"
      variant="light"
      color={code === 'cancelled' ? 'gray' : 'red'}
      icon={<IconAlertTriangle size={18} aria-hidden="true" />}
      title={t(`failure.${code}.cause`)}
      p="sm"
    >
      <Text fz="sm">{t(`failure.${code}.next`)}</Text>
      <Group gap="xs" mt={6} justify="space-between" wrap="nowrap" align="end">
        <Text fz="xs" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
          {visible(message)}
        </Text>
        <CopyButton value={details}>
          {({ copied, copy }) => (
            <Button variant="default" size="compact-xs" onClick={copy} style={{ flex: 'none' }}>
              {copied ? t('common.copied') : t('common.copyDetails')}
            </Button>
          )}
        </CopyButton>
      </Group>
    </Alert>
  )
}
