import { PasswordInput, type PasswordInputProps } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

/** A field for a secret. The button that shows what was typed has its name in the reader's language. */
export function SecretInput(props: PasswordInputProps): ReactNode {
  const { t } = useTranslation()
  return <PasswordInput {...props} visibilityToggleButtonProps={{ 'aria-label': t('common.showSecret') }} />
}
