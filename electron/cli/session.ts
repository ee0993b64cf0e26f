import { setTimeout as delay } from 'node:timers/promises'
import { Failure } from '../../shared/failure.ts'
import { isEnded, type Run, type RunId } from '../../shared/job.ts'
import type { Connection } from '../../shared/wire.ts'

/** What every command has: the engine, and a place for what is not its answer. */
export type Session = {
  readonly calls: Connection<AbortSignal>['calls']
  /** One line for the person who waits. */
  tell(line: string): void
  /** What lies behind a ticket; fails when it is not all of it. */
  download(ticket: string, signal: AbortSignal): AsyncIterable<Uint8Array>
  /** Bytes for standard output, in their order. */
  write(bytes: Uint8Array): Promise<void>
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal
}

const pollMs = 200
const hostsWaitMs = 30_000
/** How often a dying engine is asked again before its run is given up. */
const deathsForgiven = 50

/** Until every host has answered or proved unreachable, for a bounded time. */
export async function settleHosts({ calls, interrupted }: Session): Promise<void> {
  const until = performance.now() + hostsWaitMs
  while (performance.now() < until) {
    interrupted.throwIfAborted()
    const hosts = await calls.listHosts(null)
    if (hosts.every((host) => host.state !== 'connecting')) return
    await delay(pollMs)
  }
}

/** Waits for the run's end, telling its progress. Ctrl-C cancels it, and then its end is still waited for. */
export async function followRun(session: Session, runId: RunId): Promise<Run> {
  const cancel = (): void => void session.calls.cancelRun({ runId }).catch(() => undefined)
  if (session.interrupted.aborted) cancel()
  session.interrupted.addEventListener('abort', cancel)
  try {
    return await untilEnded(session, runId)
  } finally {
    session.interrupted.removeEventListener('abort', cancel)
  }
}

const lookedThrough = 1000

/**
 * Waits for the reading of file names that these backups brought about: begun in this process, it would end with it. How it
 * ended is no matter of theirs.
 */
export async function followIndexes(session: Session, backups: readonly Run[]): Promise<void> {
  const since = new Map(backups.flatMap(({ machineId, queuedAt }) => (machineId ? [[machineId, queuedAt]] : [])))
  const isTheirs = ({ kind, state, machineId, queuedAt }: Run): boolean =>
    kind === 'index' && !isEnded(state) && queuedAt >= (since.get(machineId ?? '') ?? Number.POSITIVE_INFINITY)
  const runs = (await session.calls.listRuns({ limit: lookedThrough })).filter(isTheirs)
  await Promise.all(runs.map(({ id }) => followRun(session, id)))
}

async function untilEnded(session: Session, runId: RunId): Promise<Run> {
  let told = ''
  for (let deaths = 0; ; ) {
    try {
      const run = await session.calls.showRun({ runId })
      const line = lineOf(run)
      if (line !== told) session.tell(line)
      told = line
      if (isEnded(run.state)) return run
    } catch (thrown) {
      if (!(thrown instanceof Failure) || thrown.code !== 'engine-died' || deaths++ > deathsForgiven) throw thrown
    }
    await delay(pollMs)
  }
}

/** Why the run did not do what was asked; undefined when it did. */
export function failureOf(run: Run): Failure | undefined {
  if (run.state === 'done') return undefined
  if (run.state === 'cancelled') return new Failure('cancelled', 'The run was cancelled')
  return new Failure(run.failure?.code ?? 'bug', run.failure?.message ?? 'The run ended without a reason')
}

/** The run, when it was done; else its failure is thrown. */
export function needDone(run: Run): Run {
  const failure = failureOf(run)
  if (failure !== undefined) throw failure
  return run
}

function lineOf({ kind, state, progress }: Run): string {
  const { bytesTotal, bytesRead, bytesStored, bytesWritten, bytesPerSecond, secondsLeft } = progress
  if (bytesTotal === 0) return `${kind} ${state}`
  const done = kind === 'restore' ? `${mega(bytesWritten)} written` : `${mega(bytesRead)} read`
  const stored = kind === 'backup' || kind === 'copy' ? `, ${mega(bytesStored)} stored` : ''
  const left = secondsLeft === undefined || state !== 'running' ? '' : `, ${secondsLeft} s left`
  return `${kind} ${state}: ${done} of ${mega(bytesTotal)}${stored}, ${mega(bytesPerSecond)}/s${left}`
}

function mega(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
