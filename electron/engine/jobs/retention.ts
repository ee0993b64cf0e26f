import { Failure } from '../../../shared/failure.ts'
import type { MachineId } from '../../../shared/machine.ts'
import type { PointId } from '../../../shared/point.ts'
import type { Policy } from '../../../shared/policy.ts'
import type { RepositoryId } from '../../../shared/repository.ts'
import { type KeepReason, kept } from '../../../shared/retention.ts'
import type { Repository } from '../repository/repository.ts'
import type { Step } from './step.ts'

/** Of a policy what says which points stay. */
type Keeping = Pick<Policy, 'machineIds' | 'repositoryId' | 'copies' | 'retention'>

export type RetentionOrder = {
  readonly policy: Keeping
  /** All there are, also those that are switched off: a point stays where any of them keeps it. */
  readonly policies: readonly Keeping[]
  /** Those that are open, of the policy and its copies; others are passed over. */
  readonly repositories: readonly Repository[]
  /** Points of a repository that its last verifications found damaged. */
  damagedIn(repositoryId: RepositoryId): ReadonlySet<PointId>
}

/** A point as retention judges it. Without reasons it goes. */
export type Judged = {
  readonly repositoryId: RepositoryId
  readonly pointId: PointId
  readonly machineId: MachineId
  readonly createdAt: number
  readonly reasons: readonly KeepReason[]
}

/** Every point of the policy's machines in its repository and in its copies, each repository by itself. */
export function planRetention({ policy, policies, repositories, damagedIn }: RetentionOrder): readonly Judged[] {
  const machineIds = [...new Set(policy.machineIds)]
  return repositories
    .filter(({ id }) => reaches(policy, id))
    .flatMap((repository) => {
      const damaged = damagedIn(repository.id)
      return machineIds.flatMap((id) => judge(repository, id, [policy, ...policies], damaged))
    })
}

/**
 * Puts the points without a reason to stay into the trash: exactly those that `planRetention` shows at this moment. Answers
 * how many.
 */
export async function enactRetention(step: Step, order: RetentionOrder): Promise<number> {
  let count = 0
  for (const repository of order.repositories) {
    await step.pass(step.signal)
    await repository.refresh(step.signal)
    count += await dropIn(step, repository, order)
    step.came({ count })
  }
  return count
}

/** Somebody may pin a point between the look and the deed: then nothing was dropped, and it is looked at again. */
async function dropIn(step: Step, repository: Repository, order: RetentionOrder): Promise<number> {
  for (let isAgain = false; ; isAgain = true) {
    const judged = planRetention({ ...order, repositories: [repository] })
    const going = judged.filter(({ reasons }) => reasons.length === 0).map(({ pointId }) => pointId)
    if (going.length === 0) return 0
    try {
      await repository.drop(going, 'retention', step.signal)
      return going.length
    } catch (thrown) {
      const isStale = thrown instanceof Failure && ['invalid-argument', 'point-not-found'].includes(thrown.code)
      if (!isStale || isAgain) throw thrown
      await repository.refresh(step.signal)
    }
  }
}

function judge(
  repository: Repository,
  machineId: MachineId,
  policies: readonly Keeping[],
  damaged: ReadonlySet<PointId>,
): readonly Judged[] {
  const notes = repository.notes()
  const points = repository
    .points()
    .filter((point) => point.machineId === machineId)
    .map(({ id, createdAt }) => {
      const note = notes.get(id) ?? { pinned: false, labels: [] }
      return { id, createdAt, damaged: damaged.has(id), ...note }
    })
  const concerned = policies.filter((each) => each.machineIds.includes(machineId) && reaches(each, repository.id))
  const opinions = concerned.map(({ retention }) => kept(points, retention))
  return points.map(({ id, createdAt }) => {
    const reasons = [...new Set(opinions.flatMap((opinion) => opinion.get(id) ?? []))]
    return { repositoryId: repository.id, pointId: id, machineId, createdAt, reasons }
  })
}

function reaches({ repositoryId, copies }: Keeping, id: RepositoryId): boolean {
  return repositoryId === id || (copies ?? []).includes(id)
}
