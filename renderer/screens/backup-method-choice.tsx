import { Radio } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { type Method, methods } from '../../shared/point.ts'

/** The usual choice first. */
const shownMethods = ['incremental', 'differential', 'full'] as const

type Props = { readonly method: Method; readonly onChange: (method: Method) => void }

/** What a backup that starts now is to read, with what each method means. */
export function MethodChoice({ method, onChange }: Props): ReactNode {
  const { t } = useTranslation()
  return (
    <Radio.Group
      label={t('backup.method')}
      value={method}
      onChange={(value) => onChange(methods.find((each) => each === value) ?? method)}
    >
      <div className="choices">
        {shownMethods.map((value) => (
          <Radio
            key={value}
            size="xs"
            value={value}
            label={t(`fact.method.${value}.word`)}
            description={t(`fact.method.${value}.meaning`)}
          />
        ))}
      </div>
    </Radio.Group>
  )
}
