import { Failure } from '../../../shared/failure.ts'
import type { PointId } from '../../../shared/point.ts'
import type { PolicyId } from '../../../shared/policy.ts'
import { addressText, type RepositoryId } from '../../../shared/repository.ts'
import { sentence } from '../../../shared/sentences.ts'
import type { PolicyRecord } from '../catalog/policies.ts'
import { copyPoints } from '../jobs/copy-points.ts'
import { checkLocks } from '../jobs/lock.ts'
import { mendChunks } from '../jobs/mend.ts'
import type { Order } from '../jobs/order.ts'
import { enactRetention } from '../jobs/retention.ts'
import type { Step } from '../jobs/step.ts'
import { sweepRepository } from '../jobs/sweep.ts'
import type { Repository } from '../repository/repository.ts'
import type { Rooms } from '../rooms.ts'

/**
 * What keeps repositories in order, as runs. Repositories are asked for when the run begins, so that one which cannot be
 * reached leaves a failed run. Two of a kind never run in one repository at once; all of them run beside backups.
 */

export function sweepOrder(rooms: Rooms, repositoryId: RepositoryId): Order {
  return {
    kind: 'sweep',
    repositoryId,
    keys: [`sweep ${repositoryId}`],
    work: (step) =>
      writing(rooms, repositoryId, step, async (repository) => {
        await sweepRepository(step, { repository })
        return {}
      }),
  }
}

export function lockOrder(rooms: Rooms, repositoryId: RepositoryId): Order {
  return {
    kind: 'lock',
    repositoryId,
    keys: [`lock ${repositoryId}`],
    work: (step) =>
      writing(rooms, repositoryId, step, async (repository) => {
        await checkLocks(step, {
          repository,
          keep: ({ truth, perPoint }) => {
            rooms.catalog.repositories.tell(repositoryId, { lockTruth: truth })
            rooms.catalog.locks.replace(repositoryId, perPoint)
            rooms.options.emit('pointsChanged', null)
          },
        })
        return {}
      }),
  }
}

export function mendOrder(rooms: Rooms, repositoryId: RepositoryId): Order {
  return {
    kind: 'mend',
    repositoryId,
    keys: [`mend ${repositoryId}`],
    work: (step) =>
      writing(rooms, repositoryId, step, async (repository) => {
        await refreshAll(rooms, repositoryId, step)
        const holders = (pointId: PointId): readonly Repository[] =>
          openHolders(rooms, pointId).filter((each) => each !== repository)
        return { count: await mendChunks(step, { repository, holders }) }
      }),
  }
}

type CopyChoice = {
  readonly from: RepositoryId
  readonly to: RepositoryId
  /** All that `to` does not have when undefined. */
  readonly pointIds?: readonly PointId[] | undefined
  /** With it also what earlier copies of this machine left out. */
  readonly newPoint?: PointId
  readonly facts?: Pick<Order, 'machineId' | 'machineName' | 'pointId' | 'policyId'>
}

/** Fails with `invalid-argument` for a copy of a repository into itself. */
export function copyOrder(rooms: Rooms, { from, to, pointIds, newPoint, facts = {} }: CopyChoice): Order {
  if (from === to) throw new Failure('invalid-argument', 'A repository is not copied into itself')
  return {
    kind: 'copy',
    repositoryId: to,
    sourceId: from,
    ...facts,
    keys: [`copy ${to}`],
    work: (step) =>
      writing(rooms, to, step, async (target) => {
        const source = await rooms.repositories.need(from, step.signal)
        await source.refresh(step.signal)
        const wanted = newPoint === undefined ? pointIds : missedSince(source, target, newPoint)
        const onPoint = (): void => rooms.repositories.remember(target)
        return { count: await copyPoints(step, { from: source, to: target, pointIds: wanted, onPoint }) }
      }),
  }
}

export function retentionOrder(rooms: Rooms, policy: PolicyRecord): Order {
  const { id: policyId, repositoryId } = policy
  return {
    kind: 'retention',
    repositoryId,
    policyId,
    keys: repositoriesOf(policy).map((id) => `retention ${id}`),
    work: async (step) => {
      const repositories = await reachable(rooms, policy, step)
      try {
        const policies = rooms.catalog.policies.list()
        return { count: await enactRetention(step, { policy, policies, repositories, damagedIn: damagedIn(rooms) }) }
      } finally {
        for (const repository of repositories) rooms.repositories.remember(repository)
      }
    },
  }
}

export function damagedIn({ catalog }: Rooms): (repositoryId: RepositoryId) => ReadonlySet<PointId> {
  return (repositoryId) => new Set(catalog.history.coverage(repositoryId)?.damaged)
}

/** Where the points of a policy lie: its repository first. */
export function repositoriesOf({ repositoryId, copies = [] }: PolicyRecord): readonly RepositoryId[] {
  return [...new Set([repositoryId, ...copies])]
}

export function needPolicy({ catalog }: Rooms, policyId: PolicyId): PolicyRecord {
  const record = catalog.policies.get(policyId)
  if (record === undefined) throw new Failure('policy-not-found', `No policy has the id ${policyId}`)
  return record
}

/** Reads on first, and the catalog knows afterwards what became of it, also when it failed. */
async function writing<T>(
  rooms: Rooms,
  id: RepositoryId,
  step: Step,
  work: (repository: Repository) => Promise<T>,
): Promise<T> {
  const repository = await rooms.repositories.needWritable(id, step.signal)
  await repository.refresh(step.signal)
  try {
    return await work(repository)
  } finally {
    rooms.repositories.remember(repository)
  }
}

/** A copy that is away now must not keep the others from being tidied. */
async function reachable(rooms: Rooms, policy: PolicyRecord, step: Step): Promise<readonly Repository[]> {
  const found: Repository[] = []
  for (const id of repositoriesOf(policy)) {
    try {
      found.push(await rooms.repositories.needWritable(id, step.signal))
    } catch (thrown) {
      step.signal.throwIfAborted()
      if (id === policy.repositoryId || !(thrown instanceof Failure)) throw thrown
      const known = rooms.catalog.repositories.get(id)
      const repository = known === undefined ? id : addressText(known.address)
      step.warn(sentence('repository-passed-over', { repository, message: thrown.message }))
    }
  }
  return found
}

function openHolders({ catalog, repositories }: Rooms, pointId: PointId): readonly Repository[] {
  const holders = catalog.points.holders(pointId)
  const order = repositories.preferred()
  return repositories
    .opened()
    .filter(({ id }) => holders.includes(id))
    .toSorted((a, b) => order.indexOf(a.id) - order.indexOf(b.id))
}

/** Of the sources that are open; one that does not answer is left out by the work itself. */
async function refreshAll({ repositories }: Rooms, except: RepositoryId, step: Step): Promise<void> {
  for (const repository of repositories.opened().filter(({ id }) => id !== except)) {
    try {
      if (await repository.refresh(step.signal)) repositories.remember(repository)
    } catch (thrown) {
      step.signal.throwIfAborted()
      if (!(thrown instanceof Failure)) throw thrown
    }
  }
}

/** The point, and those of its machine that came after the newest one that both have: a copy that failed is made up for. */
function missedSince(source: Repository, target: Repository, newPoint: PointId): readonly PointId[] {
  const point = source.points().find(({ id }) => id === newPoint)
  if (point === undefined) return [newPoint]
  const held = new Set(target.points().map(({ id }) => id))
  const ofMachine = source.points().filter(({ machineId }) => machineId === point.machineId)
  const common = ofMachine.filter(({ id }) => held.has(id)).map(({ createdAt }) => createdAt)
  if (common.length === 0) return [newPoint]
  const since = Math.max(...common)
  const missed = ofMachine.filter(({ id, createdAt }) => createdAt > since && !held.has(id))
  return [...new Set([...missed.map(({ id }) => id), newPoint])]
}
