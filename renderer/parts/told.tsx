import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { FailureCode } from '../../shared/failure.ts'
import { told } from '../text/told.ts'
import { visible } from '../text/visible.ts'

type Props = {
  /** What the engine, a host or the system said. */
  readonly text: string
  /** What is known of it in every language; it then stands first, and what was said beside it. */
  readonly code?: FailureCode | undefined
}

/** What was said, in the reader's language as far as that is known. */
export function Told({ text, code }: Props): ReactNode {
  const { t, i18n } = useTranslation()
  if (code === undefined) return told(text, i18n.language)
  return (
    <>
      {t(`failure.${code}.cause`)}{' '}
      <Text span inherit c="dimmed">
        {visible(text)}
      </Text>
    </>
  )
}
