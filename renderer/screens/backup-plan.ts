import { useEffect, useState } from 'react'
import type { Argument } from '../../shared/contract.ts'
import { toWire, type WireFailure } from '../../shared/failure.ts'
import type { BackupPlan } from '../../shared/plan.ts'
import { useConsole, useList } from '../parts/console-context.tsx'

export type PlanState =
  | { readonly kind: 'asking' }
  | { readonly kind: 'known'; readonly plan: BackupPlan }
  | { readonly kind: 'unknown'; readonly failure: WireFailure }

/**
 * What the engine thinks a backup will take. Asked again when the question changes, or what stands in the way may have:
 * machines and repositories. The last answer stays until the next one is there.
 */
export function useBackupPlan(question: Argument<'planBackup'> | undefined): PlanState {
  const { calls } = useConsole()
  const machines = useList('machines').items
  const repositories = useList('repositories').items
  const [state, setState] = useState<PlanState>({ kind: 'asking' })
  const asked = question === undefined ? undefined : JSON.stringify(question)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the lists are no part of the question, but change its answer
  useEffect(() => {
    if (asked === undefined) return
    const asking = new AbortController()
    const argument: Argument<'planBackup'> = JSON.parse(asked)
    calls.planBackup(argument, asking.signal).then(
      (plan) => setState({ kind: 'known', plan }),
      (thrown: unknown) => asking.signal.aborted || setState({ kind: 'unknown', failure: toWire(thrown) }),
    )
    return () => asking.abort()
  }, [asked, calls, machines, repositories])
  return state
}
