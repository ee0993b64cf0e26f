import { Radio } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

type Props = { readonly freeze: boolean; readonly onChange: (freeze: boolean) => void }

const choices = [
  { value: 'freeze', label: 'backup.quiesce', text: 'backup.quiesceText' },
  { value: 'leave', label: 'backup.noQuiesce', text: 'backup.noQuiesceText' },
] as const

/** Whether the guest is asked to hold still, with what each means for the point. */
export function GuestChoice({ freeze, onChange }: Props): ReactNode {
  const { t } = useTranslation()
  return (
    <Radio.Group
      label={t('backup.guest')}
      value={freeze ? 'freeze' : 'leave'}
      onChange={(value) => onChange(value === 'freeze')}
    >
      <div className="choices">
        {choices.map(({ value, label, text }) => (
          <Radio key={value} size="xs" value={value} label={t(label)} description={t(text)} />
        ))}
      </div>
    </Radio.Group>
  )
}
