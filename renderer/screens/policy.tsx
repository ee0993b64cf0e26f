import { Alert, Button, Switch } from '@mantine/core'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Policy } from '../../shared/policy.ts'
import { useConsole, useList } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { useNow } from '../parts/moment.tsx'
import { Name } from '../parts/name.tsx'
import { Empty, Panel, ScreenHead } from '../parts/panel.tsx'
import { useTask } from '../parts/use-task.ts'
import { PolicyFacts } from './policy-facts.tsx'
import { PolicyMachines } from './policy-machines.tsx'
import { PolicyRuns } from './policy-runs.tsx'
import { wishOfPolicy } from './policy-wish.ts'
import { ScheduleCalendar } from './schedule-calendar.tsx'
import './policies.css'
import { Told } from '../parts/told.tsx'

const BackupWizard = lazy(async () => ({ default: (await import('./backup-wizard.tsx')).BackupWizard }))
const RunPolicyDialog = lazy(async () => ({ default: (await import('./policy-run-dialog.tsx')).RunPolicyDialog }))
const KeepNowDialog = lazy(async () => ({ default: (await import('./policy-keep-dialog.tsx')).KeepNowDialog }))
const RemovePolicyDialog = lazy(async () => ({
  default: (await import('./policy-remove-dialog.tsx')).RemovePolicyDialog,
}))

type Open = 'edit' | 'run' | 'remove' | 'keep'

/** One policy: what it covers and keeps, when it starts, and what it has started. */
export function PolicyScreen(props: { readonly policyId: string }): ReactNode {
  const { t } = useTranslation()
  const { items, loaded } = useList('policies')
  const policy = items.find(({ id }) => id === props.policyId)
  if (policy === undefined) return <Empty text={loaded ? t('policies.unknown') : t('app.loading')} />
  return <PolicyView policy={policy} />
}

const minuteMs = 60_000

function PolicyView({ policy }: { readonly policy: Policy }): ReactNode {
  const { t } = useTranslation()
  const [open, setOpen] = useState<Open>()
  const minute = Math.floor(useNow() / minuteMs) * minuteMs
  const close = (): void => setOpen(undefined)
  return (
    <div className="stack">
      <ScreenHead title={<Name text={policy.name} />}>
        <EnabledSwitch policy={policy} />
        <Button variant="default" onClick={() => setOpen('remove')}>
          {t('policies.remove')}
        </Button>
        <Button variant="default" onClick={() => setOpen('keep')}>
          {t('policies.keepNow')}
        </Button>
        <Button variant="default" onClick={() => setOpen('edit')}>
          {t('policies.edit')}
        </Button>
        <Button onClick={() => setOpen('run')}>{t('policies.run')}</Button>
      </ScreenHead>
      {policy.problem === undefined ? undefined : (
        <Alert variant="light" color="yellow" p="sm" title={t('policies.problem')}>
          <Told text={policy.problem} />
        </Alert>
      )}
      <div className="policy-top">
        <PolicyFacts policy={policy} />
        {policy.rules.length === 0 ? undefined : (
          <div className="panel policy-calendar">
            <ScheduleCalendar rules={policy.enabled ? policy.rules : []} now={minute} />
          </div>
        )}
      </div>
      <Panel title={t('policies.covers')} note={policy.machineIds.length}>
        <PolicyMachines policy={policy} />
      </Panel>
      <Panel title={t('policies.runs')}>
        <PolicyRuns policyId={policy.id} />
      </Panel>
      <Suspense>
        {open === 'edit' ? <BackupWizard machineIds={[]} policy={policy} onClose={close} /> : undefined}
        {open === 'run' ? <RunPolicyDialog policy={policy} onClose={close} /> : undefined}
        {open === 'keep' ? <KeepNowDialog policy={policy} onClose={close} /> : undefined}
        {open === 'remove' ? <RemovePolicyDialog policy={policy} onClose={close} /> : undefined}
      </Suspense>
    </div>
  )
}

/** Off, its rules wait. It shows what is saved, so it turns when the engine has said so. */
function EnabledSwitch({ policy }: { readonly policy: Policy }): ReactNode {
  const { t } = useTranslation()
  const { calls, policies } = useConsole()
  const task = useTask()
  const toggle = (enabled: boolean): void =>
    task.start(async (signal) => {
      await calls.savePolicy({ policyId: policy.id, wish: wishOfPolicy(policy, { enabled }) }, signal)
      await policies.refresh()
    })
  return (
    <>
      <Switch
        size="sm"
        label={t('policies.enabled')}
        disabled={task.busy}
        checked={policy.enabled}
        onChange={(event) => toggle(event.currentTarget.checked)}
      />
      {task.failure === undefined ? undefined : <FailureNote failure={task.failure} />}
    </>
  )
}
