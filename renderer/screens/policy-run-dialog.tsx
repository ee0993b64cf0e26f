import { Alert, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Result } from '../../shared/contract.ts'
import type { Method } from '../../shared/point.ts'
import type { Policy } from '../../shared/policy.ts'
import { goTo, useConsole } from '../parts/console-context.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { useTask } from '../parts/use-task.ts'
import { visible } from '../text/visible.ts'
import { BackupEstimate } from './backup-estimate.tsx'
import { MethodChoice } from './backup-method-choice.tsx'
import { useBackupPlan } from './backup-plan.ts'
import { NotStarted } from './policy-not-started.tsx'
import './backup.css'

/** Runs a policy now, by the method that is chosen, and says what came of it. */
export function RunPolicyDialog({ policy, onClose }: { policy: Policy; onClose: () => void }): ReactNode {
  const { t } = useTranslation()
  const { calls } = useConsole()
  const task = useTask()
  const [method, setMethod] = useState<Method>('incremental')
  const [result, setResult] = useState<Result<'runPolicy'>>()
  const { machineIds, repositoryId, excluded } = policy
  const plan = useBackupPlan({ machineIds, repositoryId, excluded, method })
  const start = (): void =>
    task.start(async (signal) => setResult(await calls.runPolicy({ policyId: policy.id, method }, signal)))
  const leave = (): void => {
    onClose()
    goTo({ kind: 'activity' })
  }
  const title = t('policies.runTitle', { name: visible(policy.name) })
  if (result !== undefined) {
    return (
      <Dialog title={title} task={task} submit={t('policies.toActivity')} canSubmit onSubmit={leave} onClose={onClose}>
        <RunResult result={result} />
      </Dialog>
    )
  }
  return (
    <Dialog
      title={title}
      task={task}
      submit={t('policies.runStart')}
      canSubmit={machineIds.length > 0}
      onSubmit={start}
      onClose={onClose}
    >
      <Text fz="sm">
        {machineIds.length === 0 ? t('policies.noMachine') : t('policies.runText', { count: machineIds.length })}
      </Text>
      <MethodChoice method={method} onChange={setMethod} />
      {machineIds.length === 0 ? undefined : <BackupEstimate state={plan} />}
    </Dialog>
  )
}

function RunResult({ result }: { readonly result: Result<'runPolicy'> }): ReactNode {
  const { t } = useTranslation()
  const count = result.runIds.length
  return (
    <>
      <Text fz="sm" role="status">
        {count === 0 ? t('policies.ranNone') : t('policies.ran', { count })}
      </Text>
      {result.failed.length === 0 ? undefined : (
        <Alert role="alert" variant="light" color="yellow" p="sm">
          <Text fz="sm">{t('policies.couldNot')}</Text>
          <NotStarted failed={result.failed} />
        </Alert>
      )}
    </>
  )
}
