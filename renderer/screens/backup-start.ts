import type { Argument } from '../../shared/contract.ts'
import { toWire, type WireFailure } from '../../shared/failure.ts'
import type { Bridge } from '../bridge.ts'
import { goTo } from '../parts/console-context.tsx'

export type Started = {
  readonly runIds: readonly string[]
  readonly failed: readonly { readonly machineId: string; readonly failure: WireFailure }[]
}

/** Starts one backup of each machine, one after another; what cannot be started is told, and the others go on. */
export async function startBackups(
  calls: Pick<Bridge['calls'], 'startBackup'>,
  machineIds: readonly string[],
  choices: Omit<Argument<'startBackup'>, 'machineId'>,
  signal: AbortSignal,
): Promise<Started> {
  const runIds: string[] = []
  const failed: { machineId: string; failure: WireFailure }[] = []
  for (const machineId of machineIds) {
    signal.throwIfAborted()
    await calls.startBackup({ ...choices, machineId }, signal).then(
      ({ runId }) => runIds.push(runId),
      (thrown: unknown) => failed.push({ machineId, failure: toWire(thrown) }),
    )
  }
  return { runIds, failed }
}

/** Goes where the progress of these runs is: to the only one, or to all. */
export function showRuns(runIds: readonly string[]): void {
  const [runId] = runIds
  goTo(runId === undefined || runIds.length > 1 ? { kind: 'activity' } : { kind: 'activity', runId })
}
