import type { Argument, Handlers, Result } from '../../shared/contract.ts'
import type { Run } from '../../shared/job.ts'
import type { BackupPlan } from '../../shared/plan.ts'
import type { Point } from '../../shared/point.ts'
import type { Policy } from '../../shared/policy.ts'
import { nextStart } from '../../shared/schedule.ts'
import { GiB, MiB } from '../../shared/units.ts'
import type { World } from './fake-engine.ts'
import { busyWorld, hour, machineId, now, point, repositoryId, run } from './worlds.ts'

export const nightly = '1'.repeat(32)
export const ledger = machineId(50)

/** The busy world with `ledger-01` of two disks and 60 nightly points, and runs that the policy "Nightly" started. */
export function policyWorld(): World {
  const world = busyWorld()
  const [pinned] = ledgerPoints().slice(45)
  const disks = ['vda', 'vdb'].map((name) => ({ name, format: 'qcow2', sizeBytes: 40 * GiB }))
  const host = world.hosts[0]?.id ?? ''
  return {
    ...world,
    machines: [
      ...world.machines,
      { id: ledger, hostId: host, name: 'ledger-01', state: 'running', transient: false, disks, snapshots: [] },
    ],
    points: [...world.points, ...ledgerPoints()],
    pins: pinned === undefined ? [] : [pinned.id],
    policies: world.policies.map((policy) =>
      policy.id === nightly
        ? { ...policy, machineIds: [...policy.machineIds, ledger], excluded: [{ machineId: ledger, disk: 'vdb' }] }
        : policy,
    ),
    runs: [...nightlyRuns(), ...world.runs],
  }
}

/** Newest first. */
export function ledgerPoints(): readonly Point[] {
  return Array.from({ length: 60 }, (_, at) => point(7000 + at, 50, 'ledger-01', at * 24 + 18, at === 59))
}

function nightlyRuns(): readonly Run[] {
  const names = ['erp-db-01', 'web-01', 'file-01', 'gitlab-01']
  return [0, 1].flatMap((night) =>
    names.map((name, at) => {
      const queuedAt = now - (18 + night * 24) * hour + at * 1000
      const isBad = night === 0 && at === 3
      return run(60 + night * 10 + at, {
        policyId: nightly,
        machineId: machineId([0, 1, 3, 5][at] ?? 0),
        machineName: name,
        queuedAt,
        startedAt: queuedAt + 2000,
        endedAt: queuedAt + 312_000,
        ...(isBad
          ? { state: 'failed', failure: { code: 'host-unreachable', message: 'connect ECONNREFUSED' } as const }
          : {}),
      })
    }),
  )
}

/** What the engine was asked to do. */
export type Asked = {
  readonly saved: Argument<'savePolicy'>[]
  readonly ran: Argument<'runPolicy'>[]
  readonly removed: Argument<'removePolicy'>[]
  readonly started: Argument<'startBackup'>[]
  readonly planned: Argument<'planBackup'>[]
}

type Played = Pick<Handlers<AbortSignal>, 'savePolicy' | 'runPolicy' | 'removePolicy' | 'startBackup' | 'planBackup'>

/** An engine that keeps policies in `world`; `runPolicy` answers what `ran` says. */
export function policyEngine(
  world: World,
  ran: Result<'runPolicy'> = { runIds: ['e'.repeat(32)], failed: [] },
): { readonly asked: Asked; readonly played: Played } {
  const asked: Asked = { saved: [], ran: [], removed: [], started: [], planned: [] }
  const played: Played = {
    async savePolicy(argument) {
      asked.saved.push(argument)
      const id = argument.policyId ?? '9'.repeat(32)
      const next = argument.wish.enabled ? nextStart(argument.wish.rules, now) : undefined
      const before = world.policies.find((policy) => policy.id === id)
      const saved: Policy = {
        ...argument.wish,
        id,
        createdAt: before?.createdAt ?? now,
        ...(next && { nextAt: next.at }),
      }
      world.policies = [...world.policies.filter((policy) => policy.id !== id), saved]
      return { policyId: id }
    },
    async runPolicy(argument) {
      asked.ran.push(argument)
      return ran
    },
    async removePolicy(argument) {
      asked.removed.push(argument)
      world.policies = world.policies.filter(({ id }) => id !== argument.policyId)
      return null
    },
    async startBackup(argument) {
      asked.started.push(argument)
      return { runId: 'e'.repeat(32) }
    },
    async planBackup(argument) {
      asked.planned.push(argument)
      return planOf(world, argument)
    },
  }
  return { asked, played }
}

function planOf(world: World, { machineIds }: Argument<'planBackup'>): BackupPlan {
  const machines = machineIds.map((id): BackupPlan['machines'][number] => {
    const isKnown = world.points.some((each) => each.machineId === id && each.repositoryId === repositoryId)
    const busy = id === machineId(0) ? (['machine-busy'] as const) : []
    return {
      machineId: id,
      basis: isKnown ? 'history' : 'first',
      bytesRead: isKnown ? 410 * MiB : 40 * GiB,
      bytesStored: isKnown ? 121 * MiB : 40 * GiB,
      obstacles: [...busy],
    }
  })
  return { machines, seconds: 754, freeBytes: 1200 * GiB }
}
