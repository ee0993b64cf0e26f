import { NumberInput, SegmentedControl, Text, TextInput } from '@mantine/core'
import { type ReactNode, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LockRule } from '../../shared/repository.ts'

export type LockDraft = { readonly mode: LockRule['mode'] | 'none'; readonly days: number; readonly typed: string }

const modes = ['none', 'governance', 'compliance'] as const
const usualDays = 30
const mostDays = 36_500

export type LockForm = {
  readonly draft: LockDraft
  readonly change: (part: Partial<LockDraft>) => void
  readonly rule: LockRule | undefined
  /** False while a rule that nobody can take back is not confirmed by the bucket's name. */
  readonly isReady: boolean
}

export function useLockForm(bucket: string, now?: LockRule): LockForm {
  const [draft, setDraft] = useState<LockDraft>({ mode: now?.mode ?? 'none', days: now?.days ?? usualDays, typed: '' })
  const { mode, days, typed } = draft
  const isAsItWas = mode === now?.mode && days <= now.days
  return {
    draft,
    change: (part) => setDraft((before) => ({ ...before, ...part })),
    rule: mode === 'none' ? undefined : { mode, days },
    isReady: mode !== 'compliance' || isAsItWas || (bucket !== '' && typed.trim() === bucket),
  }
}

/** For how long nothing can be deleted, and by whom. Compliance has to be confirmed, because nobody can take it back. */
export function LockRuleFields({ form, bucket }: { readonly form: LockForm; readonly bucket: string }): ReactNode {
  const { t } = useTranslation()
  const id = useId()
  const { mode, days, typed } = form.draft
  return (
    <div className="store-trust">
      <div id={id} className="field-title">
        {t('store.lock')}
      </div>
      <SegmentedControl
        size="xs"
        aria-labelledby={id}
        value={mode}
        onChange={(value) => form.change({ mode: modes.find((each) => each === value) ?? 'none' })}
        data={modes.map((value) => ({ value, label: t(`store.lockKinds.${value}`) }))}
      />
      <Text fz="xs" {...(mode === 'compliance' ? { className: 'tone-warn' } : { c: 'dimmed' })}>
        {mode === 'none' ? undefined : `${t('store.lockText')} `}
        {t(`store.lockMeanings.${mode}`)}
      </Text>
      {mode === 'none' ? undefined : (
        <NumberInput
          w={140}
          label={t('store.lockDays')}
          min={1}
          max={mostDays}
          clampBehavior="strict"
          allowDecimal={false}
          value={days}
          onChange={(value) => {
            const wanted = Number(value)
            if (Number.isInteger(wanted) && wanted >= 1) form.change({ days: wanted })
          }}
        />
      )}
      {mode === 'compliance' && (!form.isReady || typed !== '') ? (
        <TextInput
          label={t('store.lockConfirm')}
          description={bucket}
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => form.change({ typed: event.currentTarget.value })}
        />
      ) : undefined}
    </div>
  )
}
