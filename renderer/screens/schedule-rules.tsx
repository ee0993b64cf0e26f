import { ActionIcon, Button, Chip, Select, Text, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { methods } from '../../shared/point.ts'
import type { Rule } from '../../shared/policy.ts'
import { weekdayNames } from '../text/schedule-text.ts'
import { freshKey, type RuleDraft, ruleLacks } from './schedule-draft.ts'
import { MethodMark } from './schedule-mark.tsx'

type Props = { readonly drafts: readonly RuleDraft[]; readonly onChange: (drafts: readonly RuleDraft[]) => void }

/** Rules that read like sentences: method, days, times. What is wrong is said beside it and stays as it was typed. */
export function RulesEditor({ drafts, onChange }: Props): ReactNode {
  const { t } = useTranslation()
  const add = (): void => {
    const fresh = { key: freshKey(drafts), method: 'incremental', on: { kind: 'every-day' }, times: '22:00' } as const
    onChange([...drafts, fresh])
  }
  return (
    <section aria-label={t('backup.rules')} className="stack-s">
      <div className="field-title">{t('backup.rules')}</div>
      {drafts.length === 0 ? (
        <Text fz="sm" c="dimmed">
          {t('backup.noStarts')}
        </Text>
      ) : undefined}
      {drafts.map((draft, at) => (
        <RuleLine
          key={draft.key}
          draft={draft}
          number={at + 1}
          onChange={(changed) => onChange(drafts.map((each) => (each.key === draft.key ? changed : each)))}
          onRemove={() => onChange(drafts.filter(({ key }) => key !== draft.key))}
        />
      ))}
      <Button variant="default" size="compact-sm" onClick={add}>
        {t('backup.addRule')}
      </Button>
      {drafts.length < 2 ? undefined : (
        <Text fz="xs" c="dimmed">
          {t('backup.strongest')}
        </Text>
      )}
    </section>
  )
}

type LineProps = {
  readonly draft: RuleDraft
  readonly number: number
  readonly onChange: (draft: RuleDraft) => void
  readonly onRemove: () => void
}

function RuleLine({ draft, number, onChange, onRemove }: LineProps): ReactNode {
  const { t } = useTranslation()
  const lack = ruleLacks(draft)
  return (
    <fieldset className="rule" aria-label={t('backup.rule', { number })}>
      <span className="rule-mark">
        <MethodMark method={draft.method} />
      </span>
      <Select
        w={132}
        size="xs"
        aria-label={t('backup.ruleMethod')}
        allowDeselect={false}
        value={draft.method}
        data={methods.map((value) => ({ value, label: t(`fact.method.${value}.word`) }))}
        onChange={(value) => onChange({ ...draft, method: methods.find((each) => each === value) ?? draft.method })}
      />
      <DaysField draft={draft} onChange={onChange} />
      <span className="rule-mark">{t('backup.at')}</span>
      <TextInput
        className="rule-times"
        size="xs"
        aria-label={t('backup.times')}
        placeholder={t('backup.timesHint')}
        value={draft.times}
        onChange={(event) => onChange({ ...draft, times: event.currentTarget.value })}
        {...(lack === 'times' ? { error: t('backup.timesWrong') } : {})}
      />
      <ActionIcon aria-label={t('backup.removeRule', { number })} onClick={onRemove}>
        <IconTrash size={16} aria-hidden="true" />
      </ActionIcon>
      {draft.on.kind === 'weekdays' ? (
        <Weekdays days={draft.on.days} onChange={(days) => onChange({ ...draft, on: { kind: 'weekdays', days } })} />
      ) : undefined}
    </fieldset>
  )
}

const kinds = ['every-day', 'weekdays', 'month-day'] as const
const kindTexts = {
  'every-day': 'backup.everyDay',
  weekdays: 'backup.onWeekdays',
  'month-day': 'backup.onMonthDay',
} as const
const firstOn: Readonly<Record<Rule['on']['kind'], Rule['on']>> = {
  'every-day': { kind: 'every-day' },
  weekdays: { kind: 'weekdays', days: [0] },
  'month-day': { kind: 'month-day', day: 1 },
}

function DaysField({ draft, onChange }: Pick<LineProps, 'draft' | 'onChange'>): ReactNode {
  const { t } = useTranslation()
  const { on } = draft
  const choose = (value: string | null): void => {
    const kind = kinds.find((each) => each === value)
    if (kind !== undefined && kind !== on.kind) onChange({ ...draft, on: firstOn[kind] })
  }
  return (
    <>
      <Select
        w={196}
        size="xs"
        aria-label={t('backup.ruleDays')}
        allowDeselect={false}
        value={on.kind}
        data={kinds.map((value) => ({ value, label: t(kindTexts[value]) }))}
        onChange={choose}
      />
      {on.kind === 'month-day' ? (
        <Select
          w={150}
          size="xs"
          aria-label={t('backup.dayOfMonth')}
          allowDeselect={false}
          value={String(on.day)}
          data={Array.from({ length: 31 }, (_, at) => {
            const day = String(at + 1)
            return { value: day, label: at < 28 ? day : t('backup.lastIfShorter', { day }) }
          })}
          onChange={(value) => onChange({ ...draft, on: { kind: 'month-day', day: Number(value) } })}
        />
      ) : undefined}
    </>
  )
}

function Weekdays(props: { readonly days: readonly number[]; readonly onChange: (days: number[]) => void }): ReactNode {
  const { t, i18n } = useTranslation()
  return (
    <div className="rule-days">
      <Chip.Group
        multiple
        value={props.days.map(String)}
        onChange={(values) => props.onChange(values.map(Number).sort())}
      >
        <fieldset className="chips" aria-label={t('backup.weekdays')}>
          {weekdayNames(i18n.language, 'short').map(([day, name]) => (
            <Chip key={day} size="xs" value={String(day)}>
              {name}
            </Chip>
          ))}
        </fieldset>
      </Chip.Group>
      {props.days.length > 0 ? undefined : (
        <Text fz="xs" c="var(--mantine-color-error)" role="alert">
          {t('backup.daysWrong')}
        </Text>
      )}
    </div>
  )
}
