import { isEnded, type Run } from '../../shared/job.ts'

/** How the runs of one start went. */
export type StartResult = {
  readonly at: number
  readonly live: number
  readonly done: number
  readonly failed: number
  readonly cancelled: number
}

/** Runs of one start are queued one right after another; a longer pause between two means another start. */
const pauseMs = 60_000

/** Each policy's runs, newest first as `runs` are. */
export function runsByPolicy(runs: readonly Run[]): ReadonlyMap<string, readonly Run[]> {
  return Map.groupBy(
    runs.filter(({ policyId }) => policyId !== undefined),
    ({ policyId }) => policyId ?? '',
  )
}

/** What the newest start of a policy came to, from its `runs`, newest first; undefined without any. Copies and deletions that follow it do not count. */
export function lastStart(started: readonly Run[]): StartResult | undefined {
  const runs = started.filter(({ kind }) => kind === 'backup')
  const end = runs.findIndex((run, at) => at > 0 && (runs[at - 1]?.queuedAt ?? 0) - run.queuedAt > pauseMs)
  const same = end === -1 ? runs : runs.slice(0, end)
  const first = same.at(-1)
  if (first === undefined) return undefined
  const count = (state: Run['state']): number => same.filter((run) => run.state === state).length
  return {
    at: first.queuedAt,
    live: same.filter(({ state }) => !isEnded(state)).length,
    done: count('done'),
    failed: count('failed'),
    cancelled: count('cancelled'),
  }
}
