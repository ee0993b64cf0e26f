import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { WireFailure } from '../../shared/failure.ts'
import type { Policy } from '../../shared/policy.ts'
import { useConsole } from '../parts/console-context.tsx'
import { useTask } from '../parts/use-task.ts'
import { visible } from '../text/visible.ts'
import { withMachines } from './policy-wish.ts'

export type Adding = {
  add(policy: Policy, machineIds: readonly string[]): void
  /** What the last one came to, for whoever asked for it. */
  readonly said: string
  readonly failure: WireFailure | undefined
}

/** Puts machines under a policy, whether they were dropped on it or chosen from a menu. */
export function usePolicyAdding(): Adding {
  const { t } = useTranslation()
  const { calls, policies } = useConsole()
  const task = useTask()
  const [said, setSaid] = useState('')
  return {
    said,
    failure: task.failure,
    add(policy, machineIds) {
      // As it is now: somebody may have changed it since it was drawn.
      const present = policies.getState().items.find(({ id }) => id === policy.id) ?? policy
      const name = visible(present.name)
      const wish = withMachines(present, machineIds)
      if (wish === undefined) {
        setSaid(t('machines.alreadyIn', { policy: name }))
        return
      }
      const count = wish.machineIds.length - present.machineIds.length
      setSaid('')
      task.start(async (signal) => {
        await calls.savePolicy({ policyId: present.id, wish }, signal)
        setSaid(t('machines.addedTo', { count, policy: name }))
        await policies.refresh()
      })
    },
  }
}
