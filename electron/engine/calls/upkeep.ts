import type { Handlers, Result } from '../../../shared/contract.ts'
import { Failure } from '../../../shared/failure.ts'
import type { PolicyId } from '../../../shared/policy.ts'
import type { LockRule, RepositoryId } from '../../../shared/repository.ts'
import type { KeepReason } from '../../../shared/retention.ts'
import { planRetention } from '../jobs/retention.ts'
import type { Rooms } from '../rooms.ts'
import { rebuildCatalog } from './rebuild.ts'
import {
  copyOrder,
  damagedIn,
  lockOrder,
  mendOrder,
  needPolicy,
  repositoriesOf,
  retentionOrder,
  sweepOrder,
} from './upkeep-orders.ts'

/** What keeps repositories in order: locks, sweeps, mending, copies, retention, and the catalog made anew. */
export function upkeepCalls(
  rooms: Rooms,
): Pick<
  Handlers<AbortSignal>,
  | 'setLock'
  | 'startLock'
  | 'startSweep'
  | 'startMend'
  | 'startCopy'
  | 'planRetention'
  | 'startRetention'
  | 'rebuildCatalog'
> {
  const { repositories, runner } = rooms
  return {
    setLock: async ({ repositoryId, lock }, signal) => {
      await setLock(rooms, repositoryId, lock, signal)
      return null
    },
    startLock: async ({ repositoryId }, signal) => {
      await repositories.needWritable(repositoryId, signal)
      return { runId: runner.start(lockOrder(rooms, repositoryId)) }
    },
    startSweep: async ({ repositoryId }, signal) => {
      await repositories.needWritable(repositoryId, signal)
      return { runId: runner.start(sweepOrder(rooms, repositoryId)) }
    },
    startMend: async ({ repositoryId }, signal) => {
      await repositories.needWritable(repositoryId, signal)
      return { runId: runner.start(mendOrder(rooms, repositoryId)) }
    },
    startCopy: async (choice, signal) => {
      const order = copyOrder(rooms, choice)
      await repositories.need(choice.from, signal)
      await repositories.needWritable(choice.to, signal)
      return { runId: runner.start(order) }
    },
    planRetention: ({ policyId }, signal) => plan(rooms, policyId, signal),
    startRetention: async ({ policyId }) => ({
      runId: runner.start(retentionOrder(rooms, needPolicy(rooms, policyId))),
    }),
    rebuildCatalog: ({ restoreFrom }, signal) => rebuildCatalog(rooms, restoreFrom, signal),
  }
}

async function setLock(rooms: Rooms, id: RepositoryId, lock: LockRule | undefined, signal: AbortSignal): Promise<void> {
  const repository = await rooms.repositories.needWritable(id, signal)
  if (lock !== undefined && rooms.catalog.repositories.get(id)?.facts.probe?.lock !== 'enforced') {
    throw new Failure('store-unsuitable', 'The store was not seen to keep locked objects from being deleted')
  }
  await repository.setLock(lock, signal)
  rooms.repositories.remember(repository)
}

/**
 * What a retention run would do now. A point that lies in several repositories is one row with every reason that it has in
 * any of them: without one it goes everywhere. Copies that are not open now are left out, as the run would.
 */
async function plan(rooms: Rooms, policyId: PolicyId, signal: AbortSignal): Promise<Result<'planRetention'>> {
  const policy = needPolicy(rooms, policyId)
  const first = await rooms.repositories.need(policy.repositoryId, signal)
  const copies = rooms.repositories
    .opened()
    .filter((each) => each !== first && repositoriesOf(policy).includes(each.id))
  const policies = rooms.catalog.policies.list()
  const rows = new Map<string, Result<'planRetention'>[number]>()
  for (const row of planRetention({
    policy,
    policies,
    repositories: [first, ...copies],
    damagedIn: damagedIn(rooms),
  })) {
    const { pointId, machineId, createdAt } = row
    const reasons: KeepReason[] = [...new Set([...(rows.get(pointId)?.reasons ?? []), ...row.reasons])]
    rows.set(pointId, { pointId, machineId, createdAt, reasons })
  }
  return [...rows.values()].toSorted((a, b) => b.createdAt - a.createdAt)
}
