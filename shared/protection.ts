import type { Run } from './job.ts'
import type { Machine } from './machine.ts'
import type { Point } from './point.ts'
import type { Policy } from './policy.ts'
import type { Repository } from './repository.ts'
import type { Settings } from './settings.ts'

/** Worst first. */
export const protectionStates = ['unprotected', 'at-risk', 'protected'] as const
export type ProtectionState = (typeof protectionStates)[number]

export const protectionReasons = [
  'never-backed-up',
  'nothing-can-be-read',
  'points-unreachable',
  'too-old',
  'last-failed',
  'disk-left-out',
  'newest-damaged',
  'no-policy',
  'fresh',
] as const
export type ProtectionReason = (typeof protectionReasons)[number]

/** How well a machine is protected, with every reason, the weightiest first. */
export type Protection = { readonly state: ProtectionState; readonly reasons: readonly ProtectionReason[] }

export type ProtectionFacts = {
  /** Absent for a machine that no host knows any more: its points are all there is, and age does not count. */
  readonly machine: Machine | undefined
  /** Newest first. */
  readonly points: readonly Point[]
  /** The machine's newest backup that has ended. */
  readonly lastBackup: Run | undefined
  readonly policies: readonly Policy[]
  readonly repositories: ReadonlyMap<string, Repository>
  readonly settings: Pick<Settings, 'wantedRpoMinutes'>
  readonly now: number
}

const unprotecting: readonly ProtectionReason[] = ['never-backed-up', 'nothing-can-be-read', 'points-unreachable']
const harmless: readonly ProtectionReason[] = ['no-policy', 'fresh']

/** Unprotected: there is nothing to go back to. At risk: there is, but it is not what was wanted. */
export function protectionOf(facts: ProtectionFacts): Protection {
  const reasons = protectionReasons.filter((reason) => holds[reason](facts))
  if (reasons.some((reason) => unprotecting.includes(reason))) return { state: 'unprotected', reasons }
  const isRisk = reasons.some((reason) => !harmless.includes(reason))
  return { state: isRisk ? 'at-risk' : 'protected', reasons }
}

const holds: Readonly<Record<ProtectionReason, (facts: ProtectionFacts) => boolean>> = {
  'never-backed-up': ({ points }) => points.length === 0,
  'nothing-can-be-read': ({ machine }) =>
    machine !== undefined && machine.disks.length > 0 && machine.disks.every(({ problem }) => problem !== undefined),
  'points-unreachable': ({ points, repositories }) =>
    points.length > 0 && points.every((point) => !isOpen(repositories.get(point.repositoryId))),
  'too-old': ({ machine, points, settings, now }) =>
    machine !== undefined && points[0] !== undefined && now - points[0].createdAt > settings.wantedRpoMinutes * 60_000,
  'last-failed': ({ lastBackup }) => lastBackup?.state === 'failed',
  'disk-left-out': ({ machine, points }) => leavesOut(machine, points[0]),
  'newest-damaged': ({ points, repositories }) =>
    points[0] !== undefined && damagedIn(repositories.get(points[0].repositoryId), points[0]),
  'no-policy': ({ machine, policies }) =>
    machine !== undefined && !policies.some(({ enabled, machineIds }) => enabled && machineIds.includes(machine.id)),
  fresh: ({ machine, points, settings, now }) =>
    machine !== undefined && points[0] !== undefined && now - points[0].createdAt <= settings.wantedRpoMinutes * 60_000,
}

function isOpen(repository: Repository | undefined): boolean {
  return repository?.state === 'open'
}

function damagedIn(repository: Repository | undefined, point: Point): boolean {
  return repository?.coverage.damaged.includes(point.id) ?? false
}

/** A disk that the machine has now and its newest point has not. */
function leavesOut(machine: Machine | undefined, newest: Point | undefined): boolean {
  if (machine === undefined || newest === undefined) return false
  return machine.disks.some(({ name }) => !newest.disks.some((disk) => disk.name === name))
}
