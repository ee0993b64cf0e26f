import { useEffect, useState } from 'react'
import type { Result } from '../../shared/contract.ts'
import { useConsole } from '../parts/console-context.tsx'

/** How backups went on the days that begin at `starts`; asked for again when a backup has ended. Empty until it is known. */
export function useDayResults(starts: readonly number[]): Result<'listDays'> {
  const { calls, points, backups } = useConsole()
  const [days, setDays] = useState<Result<'listDays'>>([])
  const asked = starts.join()
  useEffect(() => {
    const abort = new AbortController()
    const ask = (): void => {
      const question = calls.listDays({ starts: asked.split(',').map(Number) }, abort.signal)
      void question.then(setDays, () => undefined)
    }
    ask()
    const ends = [points.subscribe(ask), backups.subscribe(ask)]
    return () => {
      abort.abort()
      for (const end of ends) end()
    }
  }, [calls, points, backups, asked])
  return days
}
