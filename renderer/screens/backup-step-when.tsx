import { Radio, Select, Switch, Text } from '@mantine/core'
import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useNow } from '../parts/moment.tsx'
import type { StepProps } from './backup-draft.ts'
import { ScheduleCalendar } from './schedule-calendar.tsx'
import { draftsOf, rhythms, rulesOf, type Template, templateOf, templateRules } from './schedule-draft.ts'
import { RulesEditor } from './schedule-rules.tsx'

const minuteMs = 60_000

/** When: a template, its rules as sentences that can be changed, and what the calendar makes of them. */
export function WhenStep({ draft, onChange }: StepProps): ReactNode {
  const { t } = useTranslation()
  const minute = Math.floor(useNow() / minuteMs) * minuteMs
  const rules = useMemo(() => rulesOf(draft.rules), [draft.rules])
  const template = templateOf(rules)
  const take = (chosen: Template): void => onChange({ rules: draftsOf(templateRules(chosen)) })
  return (
    <>
      <Templates template={template} onChange={take} />
      <RulesEditor drafts={draft.rules} onChange={(changed) => onChange({ rules: changed })} />
      <Switch
        className="rules-switch"
        size="sm"
        label={t('backup.enabled')}
        description={t('backup.enabledText')}
        checked={draft.enabled}
        onChange={(event) => onChange({ enabled: event.currentTarget.checked })}
      />
      {rules.length === 0 ? undefined : (
        <>
          <ScheduleCalendar rules={rules} now={minute} />
          <Text fz="xs" c="dimmed">
            {t('backup.whileRunning')}
          </Text>
        </>
      )}
    </>
  )
}

const cards = [
  { kind: 'nightly', label: 'backup.templateNightly', text: 'backup.templateNightlyText' },
  { kind: 'hours', label: 'backup.templateHours', text: 'backup.templateHoursText' },
  { kind: 'by-hand', label: 'backup.templateByHand', text: 'backup.templateByHandText' },
] as const

type TemplatesProps = { readonly template: Template | undefined; readonly onChange: (template: Template) => void }

function Templates({ template, onChange }: TemplatesProps): ReactNode {
  const { t } = useTranslation()
  const choose = (kind: string): void =>
    onChange(kind === 'nightly' || kind === 'by-hand' ? { kind } : { kind: 'hours', hours: 4 })
  return (
    <>
      <Radio.Group aria-label={t('backup.rhythm')} value={template?.kind ?? null} onChange={choose}>
        <div className="templates">
          {cards.map(({ kind, label, text }) => (
            <Radio.Card key={kind} className="choice" value={kind} aria-label={t(label)}>
              <div className="choice-line">
                <Radio.Indicator size="xs" />
                <div className="choice-text">
                  <Text component="div" fw={550}>
                    {t(label)}
                  </Text>
                  <Text component="div" fz="xs" c="dimmed">
                    {t(text)}
                  </Text>
                </div>
              </div>
            </Radio.Card>
          ))}
        </div>
      </Radio.Group>
      {template?.kind === 'hours' ? (
        <Select
          w={220}
          size="xs"
          label={t('backup.everyHours')}
          allowDeselect={false}
          value={String(template.hours)}
          data={rhythms.map((hours) => ({ value: String(hours), label: t('backup.hours', { count: hours }) }))}
          onChange={(value) => onChange({ kind: 'hours', hours: Number(value) })}
        />
      ) : undefined}
      {template === undefined ? (
        <Text fz="sm" c="dimmed">
          {t('backup.templateOwn')}
        </Text>
      ) : undefined}
    </>
  )
}
