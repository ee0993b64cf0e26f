import { Button, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Policy } from '../../shared/policy.ts'
import type { StoreAddress } from '../../shared/repository.ts'
import { goTo } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { Wizard } from '../parts/wizard.tsx'
import { visible } from '../text/visible.ts'
import type { BackupStep, StepProps } from './backup-draft.ts'
import { type PolicySaving, usePolicySaving } from './backup-saving.ts'
import { KeepStep } from './backup-step-keep.tsx'
import { MachinesStep } from './backup-step-machines.tsx'
import { SummaryStep } from './backup-step-summary.tsx'
import { WhatStep } from './backup-step-what.tsx'
import { WhenStep } from './backup-step-when.tsx'
import { WhereStep } from './backup-step-where.tsx'
import { useBackupDraft } from './backup-wizard-state.ts'
import { CreateRepositoryDialog } from './create-repository-dialog.tsx'
import { OpenRepositoryDialog } from './open-repository-dialog.tsx'
import './backup.css'

type Props = {
  readonly machineIds: readonly string[]
  /** The policy to change; absent makes a new one. */
  readonly policy?: Policy
  readonly onClose: () => void
}

/** Leads from machines to a saved policy. The draft lives here, so steps may come and go and lose nothing. */
export function BackupWizard({ machineIds, policy, onClose }: Props): ReactNode {
  const { t } = useTranslation()
  const state = useBackupDraft(machineIds, policy)
  const { at, draft, known, wish, lack } = state
  const saving = usePolicySaving(policy?.id, onClose)
  const creation = useCreation((repositoryId) => state.change({ repositoryId }))
  const isLast = at === 'summary'
  const save =
    wish &&
    ((run: boolean): void => {
      // The suggested name is taken from now on, by this policy itself.
      state.change({ name: wish.name })
      saving.save(wish, run)
    })
  return (
    <Wizard
      title={policy === undefined ? t('backup.wizardNew') : t('backup.wizardEdit', { name: visible(policy.name) })}
      steps={state.steps.map((step) => ({ ...step, title: t(`backup.step.${step.id}`) }))}
      at={at}
      onStep={state.go}
      dirty={state.dirty && saving.saved === undefined}
      over={creation.dialog}
      onEnter={() => (isLast ? save?.(false) : state.goOn())}
      onClose={onClose}
      footer={isLast ? <SaveButtons saving={saving} onSave={save} onClose={onClose} /> : <NextButton />}
    >
      <Step at={at} draft={draft} onChange={state.change} onCreate={creation.start} />
      {isLast ? (
        <SummaryStep draft={draft} onChange={state.change} known={known} saved={saving.saved} onStep={state.go} />
      ) : undefined}
      {lack === undefined || isLast ? undefined : (
        <Text role="alert" fz="sm" c="var(--mantine-color-error)">
          {t(`backup.lack.${lack}`)}
        </Text>
      )}
      {saving.task.failure === undefined ? undefined : <FailureNote failure={saving.task.failure} />}
    </Wizard>
  )
}

function Step({ at, onCreate, ...rest }: StepProps & { at: BackupStep; onCreate: () => void }): ReactNode {
  switch (at) {
    case 'machines':
      return <MachinesStep {...rest} />
    case 'what':
      return <WhatStep {...rest} />
    case 'where':
      return <WhereStep {...rest} onCreate={onCreate} />
    case 'when':
      return <WhenStep {...rest} />
    case 'keep':
      return <KeepStep {...rest} />
    case 'summary':
      return undefined
  }
}

type Over = { readonly kind: 'create' } | { readonly kind: 'open'; readonly address: StoreAddress }

/** Makes or opens a repository without leaving the wizard, and chooses what was made. */
function useCreation(onMade: (repositoryId: string) => void): { dialog: ReactNode; start: () => void } {
  const [over, setOver] = useState<Over>()
  const close = (): void => setOver(undefined)
  const create = (
    <CreateRepositoryDialog
      onClose={close}
      onCreated={onMade}
      onOpenInstead={(address) => setOver({ kind: 'open', address })}
    />
  )
  return {
    dialog: over?.kind === 'open' ? <OpenRepositoryDialog address={over.address} onClose={close} /> : over && create,
    start: () => setOver({ kind: 'create' }),
  }
}

function NextButton(): ReactNode {
  const { t } = useTranslation()
  return <Button type="submit">{t('wizard.next')}</Button>
}

type SaveProps = {
  readonly saving: PolicySaving
  /** Absent while something is missing. */
  readonly onSave: ((run: boolean) => void) | undefined
  readonly onClose: () => void
}

function SaveButtons({ saving, onSave, onClose }: SaveProps): ReactNode {
  const { t } = useTranslation()
  const { saved, task } = saving
  if (saved?.partly !== undefined) {
    const leave = (): void => {
      onClose()
      goTo({ kind: 'policy', policyId: saved.policyId })
    }
    return <Button onClick={leave}>{t('common.close')}</Button>
  }
  return (
    <>
      <Button type="submit" variant="default" disabled={onSave === undefined} loading={task.busy}>
        {t('backup.save')}
      </Button>
      <Button disabled={onSave === undefined} loading={task.busy} onClick={() => onSave?.(true)}>
        {t('backup.saveAndRun')}
      </Button>
    </>
  )
}
