import { TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fromLocalInput, localInput } from '../text/dates.ts'

type Props = { readonly moment: number; readonly latest: number; readonly onMoment: (at: number) => void }

/** Date and time to the second in the reader's zone. What is half typed stays in the field and chooses nothing. */
export function TimelineMoment({ moment, latest, onMoment }: Props): ReactNode {
  const { t } = useTranslation()
  const [draft, setDraft] = useState<string>()
  const type = (text: string): void => {
    const at = fromLocalInput(text)
    setDraft(at === undefined ? text : undefined)
    // The last moment of the second that was typed: a point of that very second is meant.
    if (at !== undefined && at <= latest) onMoment(at + 999)
  }
  return (
    <TextInput
      type="datetime-local"
      size="xs"
      step={1}
      w={224}
      aria-label={t('timeline.moment')}
      max={localInput(latest)}
      value={draft ?? localInput(moment)}
      onChange={(event) => type(event.currentTarget.value)}
      onBlur={() => setDraft(undefined)}
    />
  )
}
