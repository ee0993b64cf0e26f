import { NumberInput, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Retention } from '../../shared/policy.ts'
import { LabelInput } from '../parts/label-input.tsx'
import { retentionCounts } from '../text/retention-text.ts'

type Props = { readonly retention: Retention; readonly onChange: (retention: Retention) => void }

const most = 10_000

/** How many points are worth keeping, by age. Zero switches a line off; an emptied field is what it was at least. */
export function RetentionCounts({ retention, onChange }: Props): ReactNode {
  const { t } = useTranslation()
  const set = (key: Exclude<keyof Retention, 'labels'>, least: number) => (value: string | number) => {
    const count = Number(value)
    if (Number.isInteger(count)) onChange({ ...retention, [key]: Math.min(most, Math.max(least, count)) })
  }
  return (
    <fieldset className="counts">
      <legend className="field-title">{t('retention.counts')}</legend>
      <div className="count-fields">
        {retentionCounts.map((key) => (
          <Count key={key} label={t(`retention.${key}`)} least={0} value={retention[key]} onChange={set(key, 0)} />
        ))}
        <Count label={t('retention.minimum')} least={1} value={retention.minimum} onChange={set('minimum', 1)} />
      </div>
      <Text fz="xs" c="dimmed">
        {t('retention.countsHint')}
      </Text>
      <LabelInput
        label={t('retention.labels')}
        description={t('retention.labelsHint')}
        labels={retention.labels ?? []}
        onChange={(labels) => onChange({ ...retention, labels: [...labels] })}
      />
    </fieldset>
  )
}

type CountProps = {
  readonly label: string
  readonly least: number
  readonly value: number
  readonly onChange: (value: string | number) => void
}

function Count({ label, least, value, onChange }: CountProps): ReactNode {
  return (
    <NumberInput
      size="xs"
      label={label}
      min={least}
      max={most}
      clampBehavior="strict"
      allowDecimal={false}
      allowNegative={false}
      value={value}
      onChange={onChange}
    />
  )
}
