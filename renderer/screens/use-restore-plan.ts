import { useEffect, useState } from 'react'
import type { RestoreTarget } from '../../shared/contract.ts'
import { toWire, type WireFailure } from '../../shared/failure.ts'
import { isEnded } from '../../shared/job.ts'
import type { RestorePlan } from '../../shared/plan.ts'
import { useConsole, useList } from '../parts/console-context.tsx'

type Answer = { readonly question: string; readonly plan?: RestorePlan; readonly failure?: WireFailure }

export type Planned = {
  /** Of exactly what is asked now; it may be a little older than the last change of the world. */
  readonly plan: RestorePlan | undefined
  readonly failure: WireFailure | undefined
  readonly asking: boolean
  again(): void
}

/** What a restore will do, told by the engine, and told anew whenever something changes that it may depend on. */
export function useRestorePlan(pointId: string, target: RestoreTarget | undefined): Planned {
  const { calls } = useConsole()
  const world = useWorldStamp()
  const [attempt, setAttempt] = useState(0)
  const [answer, setAnswer] = useState<Answer>()
  const [asking, setAsking] = useState(false)
  const question = target === undefined ? undefined : JSON.stringify([pointId, target])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the question is the target; world and attempt ask it again
  useEffect(() => {
    if (target === undefined || question === undefined) return
    const leaving = new AbortController()
    setAsking(true)
    const told = (rest: Omit<Answer, 'question'>): void => {
      if (leaving.signal.aborted) return
      setAnswer({ question, ...rest })
      setAsking(false)
    }
    calls.planRestore({ pointId, target }, leaving.signal).then(
      (plan) => told({ plan }),
      (thrown: unknown) => told({ failure: toWire(thrown) }),
    )
    return () => leaving.abort()
  }, [calls, question, world, attempt])
  const mine = answer?.question === question ? answer : undefined
  return { plan: mine?.plan, failure: mine?.failure, asking, again: () => setAttempt(attempt + 1) }
}

/** Changes whenever a machine, a host, a repository or the runs at work do. */
function useWorldStamp(): object {
  const machines = useList('machines').items
  const hosts = useList('hosts').items
  const repositories = useList('repositories').items
  const live = useList('runs')
    .items.filter(({ state }) => !isEnded(state))
    .map(({ id }) => id)
    .join()
  const [stamp, setStamp] = useState({})
  // biome-ignore lint/correctness/useExhaustiveDependencies: any change of these makes another stamp
  useEffect(() => setStamp({}), [machines, hosts, repositories, live])
  return stamp
}
