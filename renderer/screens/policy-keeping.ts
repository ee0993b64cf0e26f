import type { Result } from '../../shared/contract.ts'
import type { Machine } from '../../shared/machine.ts'
import type { Point } from '../../shared/point.ts'
import type { Policy } from '../../shared/policy.ts'
import { isIn } from '../stores/copies.ts'
import { keepable, type Verdict, verdicts } from './retention-forecast.ts'

/** What a policy's retention says of one of its machines. */
export type MachineKeeping = {
  readonly machineId: string
  readonly name: string
  /** Disks that the policy leaves out. */
  readonly leftOut: readonly string[]
  /** Of its points in the policy's repository, newest first. */
  readonly verdicts: readonly Verdict[]
  readonly stays: number
  readonly goes: number
  /** Stored when the points that would go were made; others may use the same blocks, so it is an upper bound. */
  readonly bytesGoing: number
}

/** One row for each machine of the policy, by name as people read it. What the engine plans counts, where it is known. */
export function policyKeeping(
  policy: Policy,
  machines: readonly Machine[],
  pointsOf: ReadonlyMap<string, readonly Point[]>,
  pins: ReadonlySet<string>,
  plan?: Result<'planRetention'>,
): readonly MachineKeeping[] {
  const names = new Map(machines.map(({ id, name }) => [id, name]))
  const planned = plan === undefined ? undefined : Map.groupBy(plan, (each) => each.machineId)
  const plannedOf = (machineId: string): readonly Verdict[] | undefined =>
    planned && (planned.get(machineId) ?? []).map((each) => verdictOf(each, pins))
  const computed = (points: readonly Point[]): readonly Verdict[] =>
    verdicts(keepable(points, policy.repositoryId, pins), policy.retention)
  const collator = new Intl.Collator(undefined, { numeric: true })
  return policy.machineIds
    .map((machineId) => {
      const points = pointsOf.get(machineId) ?? []
      const found = plannedOf(machineId)?.toSorted((a, b) => b.createdAt - a.createdAt) ?? computed(points)
      const going = new Set(found.filter(({ reasons }) => reasons.length === 0).map(({ id }) => id))
      return {
        machineId,
        name: names.get(machineId) ?? points[0]?.machineName ?? machineId,
        leftOut: policy.excluded.filter((each) => each.machineId === machineId).map(({ disk }) => disk),
        verdicts: found,
        stays: found.length - going.size,
        goes: going.size,
        bytesGoing: points
          .filter((point) => isIn(point, policy.repositoryId) && going.has(point.id))
          .reduce((sum, { bytesStored }) => sum + bytesStored, 0),
      }
    })
    .sort((a, b) => collator.compare(a.name, b.name))
}

function verdictOf(planned: Result<'planRetention'>[number], pins: ReadonlySet<string>): Verdict {
  const { pointId, createdAt, reasons } = planned
  return { id: pointId, createdAt, reasons, pinned: pins.has(pointId), imagined: false }
}
