import { appendFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * How the safety suites tell what they ran, beyond that they passed: one line of JSON for each row of the fault matrix, into
 * the file that `STILLPOINT_FAULT_ROWS` names. Without one nothing is written.
 */
export type FaultRow = {
  readonly kind: 'fault'
  /** As the law of the faults numbers them. */
  readonly fault: `F${number}`
  /** In what it strikes: backup, commit, restore, verify, sweep, copy, rekey, opening, … */
  readonly phase: string
  /** What `ran` counts, in the plural: kill points, crash states, power-cut images, errno injections, sweep histories, … */
  readonly what: string
  readonly ran: number
  /** How many of them ended badly: lost, false, unnamed, or not recovered alone. */
  readonly bad: number
  readonly suite: string
}

export type PlantedRow = {
  readonly kind: 'planted'
  readonly bug: string
  readonly isCaught: boolean
  readonly suite: string
}

export type Row = FaultRow | PlantedRow

/** True where the suites are to run with all they have, not with the part that fits into every test run. */
export const isFull = process.env['STILLPOINT_FAULTS'] === 'full'

/** How many to run: a part of it in every test run, all where the faults themselves are asked for. */
export function boundedTo<T>(part: T, all: T): T {
  return isFull ? all : part
}

/** To be called before anything is asserted, so that a bad result is told as well. `suite` is the caller's `import.meta.url`. */
export function reportFault(row: Omit<FaultRow, 'kind'>): void {
  write({ kind: 'fault', ...row })
}

/** Whether the suite noticed a bug that it had switched on itself. */
export function reportPlanted(row: Omit<PlantedRow, 'kind'>): void {
  write({ kind: 'planted', ...row })
}

function write(row: Row): void {
  const file = process.env['STILLPOINT_FAULT_ROWS']
  if (file === undefined) return
  const suite = path.basename(fileURLToPath(row.suite))
  appendFileSync(file, `${JSON.stringify({ ...row, suite })}\n`)
}
