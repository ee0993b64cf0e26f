import { isEnded, type Run } from '../../shared/job.ts'

/** Which runs the reader wants to see. */
export type RunChoice = {
  readonly which: 'all' | 'live' | 'failed'
  /** Absent: every kind. */
  readonly kind: Run['kind'] | undefined
  /** Part of the name of a machine, a repository or a snapshot. */
  readonly text: string
}

export const everyRun: RunChoice = { which: 'all', kind: undefined, text: '' }

/** Those at work first, then those that wait, then what has ended; within each the newest first. */
export function chooseRuns(runs: readonly Run[], choice: RunChoice, nameOf: (run: Run) => string): readonly Run[] {
  const wanted = choice.text.trim().toLowerCase()
  const chosen = runs.filter(
    (run) =>
      isWhich(run, choice.which) &&
      (choice.kind === undefined || run.kind === choice.kind) &&
      (wanted === '' || `${nameOf(run)} ${run.snapshot ?? ''}`.toLowerCase().includes(wanted)),
  )
  return chosen.sort((a, b) => rank(a) - rank(b) || b.queuedAt - a.queuedAt)
}

/** A verification that found damage went through, and yet it is bad news. */
export function isBad(run: Run): boolean {
  return run.state === 'failed' || (run.state === 'done' && (run.report?.damaged.length ?? 0) > 0)
}

function isWhich(run: Run, which: RunChoice['which']): boolean {
  if (which === 'live') return !isEnded(run.state)
  return which === 'all' || isBad(run)
}

function rank({ state }: Run): number {
  if (isEnded(state)) return 2
  return state === 'queued' ? 1 : 0
}
