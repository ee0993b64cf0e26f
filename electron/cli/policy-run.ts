import { fromWire } from '../../shared/failure.ts'
import type { Run, RunId } from '../../shared/job.ts'
import type { Method } from '../../shared/point.ts'
import type { PolicyId } from '../../shared/policy.ts'
import type { Answer } from './command.ts'
import { failureOf, followRun, type Session } from './session.ts'

/** All runs of one start, to their ends. One that failed, or a machine that could not be started, is the answer's failure. */
export async function runPolicy(session: Session, policyId: PolicyId, method: Method): Promise<Answer> {
  const { runIds, failed } = await session.calls.runPolicy({ policyId, method }, session.interrupted)
  const ended = await Promise.all(runIds.map((runId) => follow(session, runId)))
  const value = { policyId, runs: ended.map(outcomeOf), failed }
  const [failure] = [
    ...ended.flatMap((run) => failureOf(run) ?? []),
    ...failed.map(({ failure: each }) => fromWire(each)),
  ]
  return failure === undefined ? { value } : { value, failure }
}

/** Several runs tell their progress at once: each line begins with its machine. */
async function follow(session: Session, runId: RunId): Promise<Run> {
  const { machineName = runId } = await session.calls.showRun({ runId })
  return followRun({ ...session, tell: (line) => session.tell(`${machineName}: ${line}`) }, runId)
}

function outcomeOf({ id, state, machineId, machineName, pointId, failure, warnings }: Run) {
  return { runId: id, state, machineId, machineName, pointId, failure, warnings }
}
