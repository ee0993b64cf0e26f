import { useEffect, useMemo, useState } from 'react'
import { toWire, type WireFailure } from '../../shared/failure.ts'
import type { Proof, Turn } from '../../shared/history.ts'
import { isEnded } from '../../shared/job.ts'
import type { Machine } from '../../shared/machine.ts'
import type { Point } from '../../shared/point.ts'
import { type LineageNode, lineageOf } from '../lineage/lineage.ts'
import { useConsole, useList } from '../parts/console-context.tsx'

type Asked = { readonly turns: readonly Turn[]; readonly proofs: readonly Proof[] }

export type Past = {
  /** Oldest first; undefined until the engine has said how the machine turned. */
  readonly nodes: readonly LineageNode[] | undefined
  /** By the point's id, the newest last. */
  readonly proofsOf: ReadonlyMap<string, readonly Proof[]>
  readonly failure: WireFailure | undefined
}

/** What a machine was, and what proves that it can be that again; asked for anew when something of it may have changed. */
export function usePast(machineId: string, machine: Machine | undefined, points: readonly Point[]): Past {
  const { calls } = useConsole()
  const [asked, setAsked] = useState<Asked>()
  const [failure, setFailure] = useState<WireFailure>()
  const lastEnd = useLastEnd(machineId)
  // biome-ignore lint/correctness/useExhaustiveDependencies: an end or a new list is no argument, but a reason to ask again
  useEffect(() => {
    const leaving = new AbortController()
    const { signal } = leaving
    Promise.all([calls.listTurns({ machineId }, signal), calls.listProofs({ machineId }, signal)]).then(
      ([turns, proofs]) => {
        setAsked({ turns, proofs })
        setFailure(undefined)
      },
      (thrown: unknown) => signal.aborted || setFailure(toWire(thrown)),
    )
    return () => leaving.abort()
  }, [calls, machineId, lastEnd, points])
  // Without an answer everything is shown as one line: in an emergency a point is worth more than its place.
  const isAsking = asked === undefined && failure === undefined
  const nodes = useMemo(
    () => (isAsking ? undefined : lineageOf({ machine, points, turns: asked?.turns ?? [] })),
    [machine, points, asked, isAsking],
  )
  const proofsOf = useMemo(() => {
    const oldestFirst = (asked?.proofs ?? []).toSorted((a, b) => a.at - b.at)
    return Map.groupBy(oldestFirst, ({ pointId }) => pointId)
  }, [asked])
  return { nodes, proofsOf, failure }
}

/** Changes when one more run has ended that may have turned the machine or proved a point of it. */
function useLastEnd(machineId: string): string {
  const { items } = useList('runs')
  return useMemo(() => {
    const ended = items.filter((run) => isEnded(run.state) && (run.machineId === machineId || run.kind === 'verify'))
    return `${ended.length} ${Math.max(0, ...ended.map(({ endedAt }) => endedAt ?? 0))}`
  }, [items, machineId])
}
