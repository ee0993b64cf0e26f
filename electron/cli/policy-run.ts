import { fromWire } from '../../shared/failure.ts'
import type { Run, RunId } from '../../shared/job.ts'
import type { Method } from '../../shared/point.ts'
import type { PolicyId } from '../../shared/policy.ts'
import type { Answer } from './command.ts'
import { failureOf, followIndexes, followRun, type Session } from './session.ts'

/** Newest runs that are looked through for what follows. */
const followingAtMost = 1000

/**
 * All runs of one start and what follows from them (copies, retention), to their ends. One that failed, or a machine that
 * could not be started, is the answer's failure.
 */
export async function runPolicy(session: Session, policyId: PolicyId, method: Method): Promise<Answer> {
  const { runIds, failed } = await session.calls.runPolicy({ policyId, method }, session.interrupted)
  const ended = await Promise.all(runIds.map((runId) => follow(session, runId)))
  for (let next = await following(session, policyId, ended); next.length > 0; ) {
    ended.push(...(await Promise.all(next.map(({ id }) => follow(session, id)))))
    next = await following(session, policyId, ended)
  }
  await followIndexes(
    session,
    ended.filter(({ kind }) => kind === 'backup'),
  )
  const value = { policyId, runs: ended.map(outcomeOf), failed }
  const [failure] = [
    ...ended.flatMap((run) => failureOf(run) ?? []),
    ...failed.map(({ failure: each }) => fromWire(each)),
  ]
  return failure === undefined ? { value } : { value, failure }
}

/** Runs of the policy that its runs of before have brought about, in this process; they end with it. */
async function following({ calls }: Session, policyId: PolicyId, ended: readonly Run[]): Promise<readonly Run[]> {
  const since = Math.min(...ended.map(({ queuedAt }) => queuedAt))
  const known = new Set(ended.map(({ id }) => id))
  const runs = await calls.listRuns({ limit: followingAtMost })
  return runs.filter((run) => run.policyId === policyId && run.queuedAt >= since && !known.has(run.id))
}

/** Several runs tell their progress at once: each line begins with its machine. */
async function follow(session: Session, runId: RunId): Promise<Run> {
  const { machineName = runId } = await session.calls.showRun({ runId })
  return followRun({ ...session, tell: (line) => session.tell(`${machineName}: ${line}`) }, runId)
}

function outcomeOf({ id, kind, state, repositoryId, machineId, machineName, pointId, count, failure, warnings }: Run) {
  return { runId: id, kind, state, repositoryId, machineId, machineName, pointId, count, failure, warnings }
}
