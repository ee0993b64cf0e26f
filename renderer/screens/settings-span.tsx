import { Group, NumberInput, Select } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { SettingRow } from './settings-row.tsx'
import { joinSpan, type SpanUnit, spanUnits, splitSpan } from './span-of-time.ts'

type Props = {
  readonly label: string
  readonly text: string
  readonly minutes: number
  readonly onChange: (minutes: number) => void
}

/** A span in the unit that the reader chose; it counts as soon as it is one, and is put right when the field is left. */
export function WantedSpan({ label, text, minutes, onChange }: Props): ReactNode {
  const { t } = useTranslation()
  const known = splitSpan(minutes)
  const [unit, setUnit] = useState<SpanUnit>()
  const [typed, setTyped] = useState<number | string>()
  const shownUnit = unit ?? known.unit
  const amount = minutes / (joinSpan(1, shownUnit) ?? 1)
  const tell = (wanted: number, of: SpanUnit): void => {
    const joined = joinSpan(wanted, of)
    if (joined !== undefined && joined !== minutes) onChange(joined)
  }
  const choose = (value: string | null): void => {
    const chosen = spanUnits.find((each) => each === value) ?? shownUnit
    setUnit(chosen)
    tell(amount, chosen)
  }
  return (
    <SettingRow label={label} text={text}>
      <Group gap={6} wrap="nowrap">
        <NumberInput
          aria-label={label}
          w={90}
          min={1}
          allowDecimal={false}
          value={typed ?? amount}
          onChange={(value) => {
            setTyped(value)
            if (typeof value === 'number') tell(value, shownUnit)
          }}
          onBlur={() => setTyped(undefined)}
        />
        <Select
          aria-label={t('settings.unit', { field: label })}
          w={120}
          allowDeselect={false}
          value={shownUnit}
          onChange={choose}
          data={spanUnits.map((value) => ({ value, label: t(`settings.units.${value}`) }))}
        />
      </Group>
    </SettingRow>
  )
}
