import { useEffect, useMemo, useState } from 'react'
import { toWire, type WireFailure } from '../../shared/failure.ts'
import type { Point } from '../../shared/point.ts'
import { useConsole, useList } from '../parts/console-context.tsx'

type Found = { readonly point?: Point; readonly failure?: WireFailure }

/** A point by its id: from the list, or asked for where it is not in there (its repository was opened elsewhere). */
export function usePoint(pointId: string): Found {
  const { calls } = useConsole()
  const { items, loaded } = useList('points')
  const listed = useMemo(() => items.find(({ id }) => id === pointId), [items, pointId])
  const [asked, setAsked] = useState<Found>({})
  const isMissing = loaded && listed === undefined
  useEffect(() => {
    if (!isMissing) return
    const leaving = new AbortController()
    calls.showPoint({ pointId }, leaving.signal).then(
      (point) => setAsked({ point }),
      (thrown: unknown) => leaving.signal.aborted || setAsked({ failure: toWire(thrown) }),
    )
    return () => leaving.abort()
  }, [calls, pointId, isMissing])
  if (listed !== undefined) return { point: listed }
  return asked.point === undefined || asked.point.id === pointId ? asked : {}
}
