import { useMemo } from 'react'
import type { DayResult } from '../../shared/history.ts'
import { startOfDay } from '../../shared/schedule.ts'
import { useNow } from '../parts/moment.tsx'
import { useDayResults } from './use-day-results.ts'

type Days = {
  /** The first moments of the days, oldest first; the last one is today. */
  readonly starts: readonly number[]
  /** One result for each day, by the machine's id. */
  readonly results: ReadonlyMap<string, readonly DayResult[]>
}

/** How every machine's backups went on the last `count` days. */
export function useDays(count: number): Days {
  const today = startOfDay(useNow()).getTime()
  const bounds = useMemo(() => boundsOf(today, count), [today, count])
  const rows = useDayResults(bounds)
  return useMemo(
    () => ({ starts: bounds.slice(0, -1), results: new Map(rows.map(({ machineId, days }) => [machineId, days])) }),
    [bounds, rows],
  )
}

/** The days' first moments, and where today ends. */
function boundsOf(today: number, count: number): readonly number[] {
  const day = new Date(today)
  return Array.from({ length: count + 1 }, (_, at) =>
    new Date(day.getFullYear(), day.getMonth(), day.getDate() - count + 1 + at).getTime(),
  )
}
