import { isEnded, type Run } from '../../shared/job.ts'
import type { Machine, MachineId } from '../../shared/machine.ts'
import type { Point } from '../../shared/point.ts'
import type { Policy } from '../../shared/policy.ts'
import { type ProtectionState, protectionOf, protectionStates } from '../../shared/protection.ts'
import type { Repository } from '../../shared/repository.ts'
import type { Settings } from '../../shared/settings.ts'
import type { Counts } from './text.ts'

/** What the tray shows: the worst that is true. */
export type Light = ProtectionState | 'starting' | 'nothing' | 'engine-dead'

/** What the engine said last. */
export type Facts = {
  readonly machines: readonly Machine[]
  /** Newest first. */
  readonly points: ReadonlyMap<MachineId, readonly Point[]>
  readonly repositories: readonly Repository[]
  readonly policies: readonly Policy[]
  readonly settings: Settings
  readonly runs: readonly Run[]
}

export type Overview = {
  readonly light: Light
  readonly counts: Counts
  readonly machineIds: readonly MachineId[]
  /** Machines that have had no good point for as many days as the settings say. */
  readonly quiet: readonly Pick<Machine, 'id' | 'name'>[]
  readonly underWay: readonly Run[]
}

export const firstOverview: Overview = {
  light: 'starting',
  counts: { unprotected: 0, 'at-risk': 0, protected: 0 },
  machineIds: [],
  quiet: [],
  underWay: [],
}

const dayMs = 24 * 60 * 60_000

/** Machines that no host has any more do not count: nothing can be done for them. */
export function overviewOf(facts: Facts, now: number): Overview {
  const repositories = new Map(facts.repositories.map((each) => [each.id, each]))
  const lastBackups = newestBackups(facts.runs)
  const states = facts.machines.map((machine) => {
    const points = facts.points.get(machine.id) ?? []
    const lastBackup = lastBackups.get(machine.id)
    return protectionOf({ ...facts, machine, points, lastBackup, repositories, now }).state
  })
  return {
    light: protectionStates.find((state) => states.includes(state)) ?? 'nothing',
    counts: {
      unprotected: states.filter((state) => state === 'unprotected').length,
      'at-risk': states.filter((state) => state === 'at-risk').length,
      protected: states.filter((state) => state === 'protected').length,
    },
    machineIds: facts.machines.map(({ id }) => id),
    quiet: facts.machines.filter((machine) => isQuiet(machine, facts, now)).map(({ id, name }) => ({ id, name })),
    underWay: facts.runs.filter(({ state }) => !isEnded(state)),
  }
}

function newestBackups(runs: readonly Run[]): ReadonlyMap<MachineId, Run> {
  const newest = new Map<MachineId, Run>()
  for (const run of runs) {
    if (run.kind !== 'backup' || run.machineId === undefined || !isEnded(run.state)) continue
    const known = newest.get(run.machineId)
    if (known === undefined || (run.endedAt ?? 0) > (known.endedAt ?? 0)) newest.set(run.machineId, run)
  }
  return newest
}

/** A machine that never had a point is missed from the day on which a policy took it up. */
function isQuiet(machine: Machine, { points, repositories, policies, settings }: Facts, now: number): boolean {
  const damaged = new Set(repositories.flatMap(({ coverage }) => coverage.damaged))
  const good = points.get(machine.id)?.find(({ id }) => !damaged.has(id))
  const wanted = policies.filter(({ enabled, machineIds }) => enabled && machineIds.includes(machine.id))
  const since = good?.createdAt ?? Math.min(...wanted.map(({ createdAt }) => createdAt))
  return now - since > settings.quietDays * dayMs
}
