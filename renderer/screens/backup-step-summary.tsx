import { Alert, Button, Text, TextInput } from '@mantine/core'
import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { addressText } from '../../shared/repository.ts'
import { nextStart } from '../../shared/schedule.ts'
import { useList } from '../parts/console-context.tsx'
import { useNow } from '../parts/moment.tsx'
import { retentionText } from '../text/retention-text.ts'
import { visible } from '../text/visible.ts'
import { type BackupDraft, type BackupStep, backupSteps, type Known, lackOf, type StepProps } from './backup-draft.ts'
import { BackupEstimate } from './backup-estimate.tsx'
import { useBackupPlan } from './backup-plan.ts'
import type { Saved } from './backup-saving.ts'
import { NotStarted } from './policy-not-started.tsx'
import { Coming } from './schedule-coming.tsx'
import { rulesOf } from './schedule-draft.ts'
import { ScheduleSentences } from './schedule-sentences.tsx'

type Props = StepProps & {
  readonly known: Known
  readonly saved: Saved | undefined
  readonly onStep: (step: BackupStep) => void
}

/** Everything that was decided, in plain sentences, and what the first run will take. */
export function SummaryStep({ draft, onChange, known, saved, onStep }: Props): ReactNode {
  const { t } = useTranslation()
  const plan = useBackupPlan(questionOf(draft))
  const name = draft.name ?? known.suggestedName
  if (saved?.partly !== undefined) {
    return (
      <Alert role="alert" variant="light" color="yellow" p="sm">
        <Text fz="sm">{t('backup.savedButNotStarted')}</Text>
        <NotStarted failed={saved.partly.failed} />
        <Text fz="sm">{t('backup.someStarted', { count: saved.partly.runIds.length })}</Text>
      </Alert>
    )
  }
  return (
    <>
      <TextInput
        maw={420}
        size="xs"
        maxLength={200}
        label={t('backup.name')}
        value={name}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
        {...(lackOf('summary', draft, known) === undefined ? {} : { error: t('backup.lack.no-name') })}
      />
      <dl className="summary">
        {backupSteps
          .filter((step) => step !== 'summary')
          .map((step) => (
            <SummaryLine key={step} step={step} draft={draft} known={known} onStep={onStep} />
          ))}
      </dl>
      {draft.machineIds.length === 0 || draft.repositoryId === undefined ? undefined : <BackupEstimate state={plan} />}
    </>
  )
}

function questionOf({ machineIds, repositoryId, excluded }: BackupDraft): Parameters<typeof useBackupPlan>[0] {
  if (repositoryId === undefined || machineIds.length === 0) return undefined
  return { machineIds: [...machineIds], repositoryId, method: 'incremental', excluded: [...excluded] }
}

type LineProps = {
  readonly step: Exclude<BackupStep, 'summary'>
  readonly draft: BackupDraft
  readonly known: Known
  readonly onStep: (step: BackupStep) => void
}

function SummaryLine({ step, draft, known, onStep }: LineProps): ReactNode {
  const { t } = useTranslation()
  const lack = lackOf(step, draft, known)
  const Said = sayings[step]
  const title = t(`backup.step.${step}`)
  return (
    <div className="summary-line">
      <dt>{title}</dt>
      <dd>
        {lack === undefined ? (
          <Said draft={draft} />
        ) : (
          <Text span fz="sm" c="var(--mantine-color-error)">
            {t(`backup.lack.${lack}`)}
          </Text>
        )}
      </dd>
      <dd>
        <Button
          size="compact-xs"
          variant="subtle"
          aria-label={t('backup.changeNamed', { step: title })}
          onClick={() => onStep(step)}
        >
          {t('backup.change')}
        </Button>
      </dd>
    </div>
  )
}

type SaidProps = { readonly draft: BackupDraft }
const namedAtOnce = 6

const sayings: Readonly<Record<LineProps['step'], (props: SaidProps) => ReactNode>> = {
  machines: function Machines({ draft }) {
    const { t } = useTranslation()
    const machines = useList('machines').items
    const names = useMemo(() => new Map(machines.map(({ id, name }) => [id, name])), [machines])
    const all = draft.machineIds.map((id) => visible(names.get(id) ?? id))
    const few = all.slice(0, namedAtOnce).join(', ')
    const more = all.length - namedAtOnce
    return t('backup.machinesSummary', {
      count: all.length,
      names: more > 0 ? t('backup.andMore', { names: few, count: more }) : few,
    })
  },
  what: function What({ draft }) {
    const { t } = useTranslation()
    const { excluded, machineIds, freeze } = draft
    const out = excluded.filter(({ machineId }) => machineIds.includes(machineId)).map(({ disk }) => visible(disk))
    const disks =
      out.length === 0
        ? t('backup.allDisks')
        : t('backup.withoutDisks', { count: out.length, names: out.slice(0, namedAtOnce).join(', ') })
    return (
      <>
        <div>{disks}</div>
        <div>{freeze ? t('policies.quiesces') : t('policies.quiescesNot')}</div>
      </>
    )
  },
  where: function Where({ draft }) {
    const repositories = useList('repositories').items
    const { t } = useTranslation()
    const nameOf = (id: string): string => {
      const found = repositories.find((each) => each.id === id)
      return visible(found === undefined ? id : addressText(found.address))
    }
    const copies = draft.copies.filter((id) => id !== draft.repositoryId)
    return (
      <>
        <div>{draft.repositoryId === undefined ? undefined : nameOf(draft.repositoryId)}</div>
        {copies.length === 0 ? undefined : <div>{t('backup.copiesTo', { names: copies.map(nameOf).join(', ') })}</div>}
        {draft.verifyEveryDays === undefined ? undefined : (
          <div className="dimmed">{t('backup.verifySummary', { count: draft.verifyEveryDays })}</div>
        )}
      </>
    )
  },
  when: function When({ draft }) {
    const { t } = useTranslation()
    const now = useNow()
    const rules = rulesOf(draft.rules)
    const first = draft.enabled ? nextStart(rules, now) : undefined
    return (
      <>
        <ScheduleSentences rules={rules} />
        {draft.enabled ? undefined : <div className="tone-warn">{t('policies.off')}</div>}
        {first === undefined ? undefined : (
          <div className="dimmed">
            {t('backup.firstStart')} <Coming at={first.at} />
          </div>
        )}
      </>
    )
  },
  keep: function Keep({ draft }) {
    const { t, i18n } = useTranslation()
    return (
      <>
        <div>{retentionText(draft.retention, i18n.language)}</div>
        <div className={draft.enact ? 'tone-warn' : 'dimmed'}>
          {draft.enact ? t('retention.enacted') : t('retention.notEnacted')}
        </div>
      </>
    )
  },
}
