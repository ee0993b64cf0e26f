import type { Database } from 'better-sqlite3'
import type { DayResult } from '../../../shared/history.ts'
import type { MachineId } from '../../../shared/machine.ts'

/** One result for each day. */
export type Days = { readonly machineId: MachineId; readonly days: DayResult[] }

type Row = readonly [machineId: MachineId, endedAt: number, state: 'done' | 'failed', warned: 0 | 1]

const weight: Readonly<Record<DayResult, number>> = { none: 0, good: 1, warning: 2, failed: 3 }

/** Answers out of the index alone: no record is opened. */
export function backupDays(database: Database) {
  const ended = database
    .prepare<[number, number], Row>(
      `SELECT machine_id, ended_at, state, warned FROM run
       WHERE kind = 'backup' AND ended_at >= ? AND ended_at < ? AND machine_id IS NOT NULL AND state IN ('done', 'failed')
       ORDER BY ended_at`,
    )
    .raw()
  return (starts: readonly number[]): readonly Days[] => {
    const worst = new Map<MachineId, DayResult[]>()
    let day = 0
    for (const [machineId, endedAt, state, warned] of ended.all(starts[0] ?? 0, starts.at(-1) ?? 0)) {
      while (endedAt >= (starts[day + 1] ?? Number.POSITIVE_INFINITY)) day++
      const days = worst.get(machineId) ?? Array<DayResult>(starts.length - 1).fill('none')
      worst.set(machineId, days)
      days[day] = worse(days[day] ?? 'none', resultOf(state, warned))
    }
    return [...worst].map(([machineId, days]) => ({ machineId, days }))
  }
}

function worse(one: DayResult, other: DayResult): DayResult {
  return weight[one] < weight[other] ? other : one
}

function resultOf(state: 'done' | 'failed', warned: 0 | 1): DayResult {
  if (state === 'failed') return 'failed'
  return warned === 1 ? 'warning' : 'good'
}
