import { useState } from 'react'
import type { Result } from '../../shared/contract.ts'
import type { PolicyWish } from '../../shared/policy.ts'
import { goTo, useConsole } from '../parts/console-context.tsx'
import { type Task, useTask } from '../parts/use-task.ts'
import { showRuns } from './backup-start.ts'

export type Saved = {
  readonly policyId: string
  /** What "run now" came to, when some machines could not be started. */
  readonly partly?: Result<'runPolicy'>
}

export type PolicySaving = {
  readonly task: Task
  readonly saved: Saved | undefined
  readonly save: (wish: PolicyWish, run: boolean) => void
}

/**
 * Saves a policy and, if wanted, runs it at once; leaves the wizard when all went well. What was saved before the run failed
 * is saved again under its own id, so trying again never makes a second policy.
 */
export function usePolicySaving(policyId: string | undefined, onClose: () => void): PolicySaving {
  const { calls, policies } = useConsole()
  const task = useTask()
  const [saved, setSaved] = useState<Saved>()
  const knownId = saved?.policyId ?? policyId
  const leave = (show: () => void): void => {
    onClose()
    show()
  }
  async function store(wish: PolicyWish, signal: AbortSignal): Promise<string> {
    const made = await calls.savePolicy(knownId === undefined ? { wish } : { policyId: knownId, wish }, signal)
    setSaved(made)
    void policies.refresh()
    return made.policyId
  }
  async function storeAndRun(wish: PolicyWish, signal: AbortSignal): Promise<void> {
    const id = await store(wish, signal)
    const result = await calls.runPolicy({ policyId: id, method: 'incremental' }, signal)
    if (result.failed.length > 0) setSaved({ policyId: id, partly: result })
    else leave(() => showRuns(result.runIds))
  }
  async function storeOnly(wish: PolicyWish, signal: AbortSignal): Promise<void> {
    const id = await store(wish, signal)
    leave(() => goTo({ kind: 'policy', policyId: id }))
  }
  return { task, saved, save: (wish, run) => task.start((signal) => (run ? storeAndRun : storeOnly)(wish, signal)) }
}
