import { isEnded, type Run } from '../../shared/job.ts'
import type { Machine } from '../../shared/machine.ts'
import type { Point } from '../../shared/point.ts'
import type { Policy } from '../../shared/policy.ts'
import { type Protection, protectionOf } from '../../shared/protection.ts'
import type { Repository } from '../../shared/repository.ts'

/** A machine's points, newest first, by the machine's id. */
export type PointsOf = ReadonlyMap<string, readonly Point[]>

export function groupPoints(points: readonly Point[]): PointsOf {
  return Map.groupBy(
    points.toSorted((a, b) => b.createdAt - a.createdAt),
    (point) => point.machineId,
  )
}

/** The newest backup that has ended, by the machine's id; a cancelled one says nothing about protection. `runs` are newest first. */
export function lastBackups(runs: readonly Run[]): ReadonlyMap<string, Run> {
  const last = new Map<string, Run>()
  for (const run of runs) {
    const counts = run.kind === 'backup' && isEnded(run.state) && run.state !== 'cancelled'
    if (counts && run.machineId !== undefined && !last.has(run.machineId)) last.set(run.machineId, run)
  }
  return last
}

/** Ended runs do not change, so their ids tell them apart. */
export function areSameRuns(a: ReadonlyMap<string, Run>, b: ReadonlyMap<string, Run>): boolean {
  return a.size === b.size && [...a].every(([machineId, run]) => b.get(machineId)?.id === run.id)
}

/** Each machine's policies. They are told as if they named that machine alone, so that asking them stays cheap. */
function groupPolicies(policies: readonly Policy[]): ReadonlyMap<string, readonly Policy[]> {
  const groups = new Map<string, Policy[]>()
  for (const policy of policies) {
    for (const id of policy.machineIds) groups.set(id, [...(groups.get(id) ?? []), { ...policy, machineIds: [id] }])
  }
  return groups
}

/** How well each machine is protected: those of the hosts, and those of which only points are left. */
export function protections(
  machines: readonly Machine[],
  pointsOf: PointsOf,
  backups: ReadonlyMap<string, Run>,
  policies: readonly Policy[],
  repositories: readonly Repository[],
  wantedRpoMinutes: number,
  now: number,
): ReadonlyMap<string, Protection> {
  const policiesOf = groupPolicies(policies)
  const machineById = new Map(machines.map((machine) => [machine.id, machine]))
  const repositoryById = new Map(repositories.map((repository) => [repository.id, repository]))
  const judge = (id: string): Protection =>
    protectionOf({
      machine: machineById.get(id),
      points: pointsOf.get(id) ?? [],
      lastBackup: backups.get(id),
      policies: policiesOf.get(id) ?? [],
      repositories: repositoryById,
      settings: { wantedRpoMinutes },
      now,
    })
  return new Map([...new Set([...machineById.keys(), ...pointsOf.keys()])].map((id) => [id, judge(id)]))
}

export function areSameProtections(a: ReadonlyMap<string, Protection>, b: ReadonlyMap<string, Protection>): boolean {
  return a.size === b.size && [...a].every(([id, protection]) => isSame(protection, b.get(id)))
}

function isSame(a: Protection, b: Protection | undefined): boolean {
  return a.state === b?.state && a.reasons.join() === b.reasons.join()
}
