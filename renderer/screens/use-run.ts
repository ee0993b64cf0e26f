import { useEffect, useMemo, useState } from 'react'
import { toWire, type WireFailure } from '../../shared/failure.ts'
import type { Run } from '../../shared/job.ts'
import { useConsole, useList } from '../parts/console-context.tsx'

/** A run by its id: from the list where it is in there, else asked for once; a run that old does not change any more. */
export function useRun(runId: string): { readonly run?: Run; readonly failure?: WireFailure } {
  const { calls } = useConsole()
  const { items, loaded } = useList('runs')
  const listed = useMemo(() => items.find(({ id }) => id === runId), [items, runId])
  const [asked, setAsked] = useState<{ readonly run?: Run; readonly failure?: WireFailure }>({})
  const isMissing = loaded && listed === undefined
  useEffect(() => {
    if (!isMissing) return
    const leaving = new AbortController()
    calls.showRun({ runId }, leaving.signal).then(
      (run) => setAsked({ run }),
      (thrown: unknown) => leaving.signal.aborted || setAsked({ failure: toWire(thrown) }),
    )
    return () => leaving.abort()
  }, [calls, runId, isMissing])
  if (listed !== undefined) return { run: listed }
  return asked.run === undefined || asked.run.id === runId ? asked : {}
}
