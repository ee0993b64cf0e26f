import { randomBytes } from 'node:crypto'
import type { Argument, Handlers, RestoreTarget } from '../../../shared/contract.ts'
import { Failure } from '../../../shared/failure.ts'
import type { HostId, Machine } from '../../../shared/machine.ts'
import type { Point, PointId } from '../../../shared/point.ts'
import type { PolicyId } from '../../../shared/policy.ts'
import type { RepositoryId } from '../../../shared/repository.ts'
import type { Hypervisor } from '../hypervisor/hypervisor.ts'
import { backUp } from '../jobs/backup.ts'
import { machineKey, type Order } from '../jobs/order.ts'
import { restore } from '../jobs/restore.ts'
import type { Step } from '../jobs/step.ts'
import { verify } from '../jobs/verify.ts'
import type { Repository } from '../repository/repository.ts'
import type { Rooms } from '../rooms.ts'
import type { Found } from '../roster/hosts.ts'
import { planBackup } from './plan-backup.ts'
import { planRestore } from './plan-restore.ts'

/** Runs: planned, started, paused, cancelled, listed. */
export function runCalls(
  rooms: Rooms,
): Pick<
  Handlers<AbortSignal>,
  | 'planBackup'
  | 'startBackup'
  | 'planRestore'
  | 'startRestore'
  | 'startVerify'
  | 'pauseRun'
  | 'resumeRun'
  | 'cancelRun'
  | 'listRuns'
  | 'showRun'
> {
  const { runner } = rooms
  return {
    planBackup: (argument, signal) => planBackup(rooms, argument, signal),
    startBackup: async (argument, signal) => ({ runId: runner.start(await backupOrder(rooms, argument, signal)) }),
    planRestore: (argument, signal) => planRestore(rooms, argument, signal),
    startRestore: async (argument, signal) => ({ runId: runner.start(await restoreOrder(rooms, argument, signal)) }),
    startVerify: async (argument, signal) => ({ runId: runner.start(await verifyOrder(rooms, argument, signal)) }),
    pauseRun: async ({ runId }) => {
      runner.pause(runId)
      return null
    },
    resumeRun: async ({ runId }) => {
      runner.resume(runId)
      return null
    },
    cancelRun: async ({ runId }) => {
      runner.cancel(runId)
      return null
    },
    listRuns: async ({ limit }) => [...runner.list(limit)],
    showRun: async ({ runId }) => runner.get(runId),
  }
}

type BackupChoice = Argument<'startBackup'> & {
  readonly policyId?: PolicyId
  /** Where it was found just now, when many are looked for at once. */
  readonly found?: Found | undefined
}

/** Disks of `excludedDisks` that the machine does not have mean nothing. Fails with `invalid-argument` when none is left. */
export async function backupOrder(rooms: Rooms, choice: BackupChoice, signal: AbortSignal): Promise<Order> {
  const { machineId, repositoryId, method, excludedDisks: excluded = [], freeze = true, policyId } = choice
  const repository = await rooms.repositories.needWritable(repositoryId, signal)
  const { machine, hypervisor } = choice.found ?? (await rooms.hosts.find(machineId, signal))
  needDisks(machine, excluded)
  const pointId = newPointId()
  return {
    kind: 'backup',
    machineId,
    machineName: machine.name,
    repositoryId,
    ...(policyId === undefined ? {} : { policyId }),
    hostId: machine.hostId,
    draftPoint: pointId,
    keys: [machineKey(machineId)],
    work: async (step) => {
      const order = { machineId, method, pointId, repository, hypervisor, excluded, freeze }
      const point = await backUp(step, order)
      rooms.repositories.remember(repository)
      return { pointId: point.id }
    },
  }
}

function needDisks({ name, disks }: Machine, excluded: readonly string[]): void {
  if (disks.length === 0 || disks.some((disk) => !excluded.includes(disk.name))) return
  throw new Failure('invalid-argument', `Every disk of ${name} is left out`)
}

function newPointId(): PointId {
  return randomBytes(16).toString('hex')
}

async function restoreOrder(rooms: Rooms, argument: Argument<'startRestore'>, signal: AbortSignal): Promise<Order> {
  const { pointId, target } = argument
  const { point, repository } = await rooms.repositories.needPoint(pointId, signal)
  const isUndoable = target.kind === 'in-place' && !target.withoutUndo
  if (isUndoable) rooms.repositories.refuseReadOnly(repository)
  const undoPointId = isUndoable ? newPointId() : undefined
  const host = await restoreHost(rooms, argument, point.machineId, signal)
  return {
    kind: 'restore',
    machineId: point.machineId,
    machineName: target.kind === 'new-machine' ? target.name : point.machineName,
    repositoryId: repository.id,
    pointId,
    targetKind: target.kind,
    ...(leavesDisksOut(point, target) ? { partial: true } : {}),
    ...(host === undefined ? {} : { hostId: host.hostId }),
    ...(undoPointId === undefined ? {} : { draftPoint: undoPointId }),
    keys: target.kind === 'in-place' ? [machineKey(point.machineId)] : [],
    work: async (step) => {
      const order = { repository, pointId, target, hypervisor: host?.hypervisor, undoPointId }
      const restored = await restore(remembering(rooms, repository, step), order)
      return { target: restored.target, machineId: restored.machineId ?? point.machineId }
    },
  }
}

function leavesDisksOut(point: Point, target: RestoreTarget): boolean {
  if (target.kind === 'new-machine') return false
  const { disks } = target
  return disks !== undefined && point.disks.some(({ name }) => !disks.includes(name))
}

/** The undo point stands in the catalog before the run names it. */
function remembering(rooms: Rooms, repository: Repository, step: Step): Step {
  return {
    ...step,
    undoWith: (pointId) => {
      rooms.repositories.remember(repository)
      step.undoWith(pointId)
    },
  }
}

type RestoreHost = { readonly hostId: HostId; readonly hypervisor: Hypervisor }

async function restoreHost(
  rooms: Rooms,
  { target }: Argument<'startRestore'>,
  machineId: string,
  signal: AbortSignal,
): Promise<RestoreHost | undefined> {
  if (target.kind === 'images') return undefined
  if (target.kind === 'new-machine') {
    return { hostId: target.hostId, hypervisor: await rooms.hosts.need(target.hostId, signal) }
  }
  const { machine, hypervisor } = await rooms.hosts.find(machineId, signal)
  return { hostId: machine.hostId, hypervisor }
}

async function verifyOrder(rooms: Rooms, argument: Argument<'startVerify'>, signal: AbortSignal): Promise<Order> {
  const { repositoryId, pointId } = argument
  if (pointId === undefined && repositoryId !== undefined) {
    await rooms.repositories.need(repositoryId, signal)
    return verificationOrder(rooms, repositoryId)
  }
  if (pointId === undefined || repositoryId !== undefined) {
    throw new Failure('invalid-argument', 'Either a repository or a point is to be verified')
  }
  const { point, repository } = await rooms.repositories.needPoint(pointId, signal)
  const { machineName } = point
  return { ...verificationOrder(rooms, repository.id, pointId), pointId, machineName }
}

/** The repository is asked for when the run begins. */
export function verificationOrder(rooms: Rooms, repositoryId: RepositoryId, pointId?: PointId): Order {
  return {
    kind: 'verify',
    repositoryId,
    keys: [`verify ${repositoryId}`],
    work: async (step) => {
      const repository = await rooms.repositories.need(repositoryId, step.signal)
      await repository.refresh(step.signal)
      try {
        const checks = rooms.catalog.packChecks.resume(repositoryId, rooms.clock.now)
        await verify(step, { repository, pointId, checks })
        if (pointId === undefined) rooms.catalog.repositories.verified(repositoryId, rooms.clock.now())
      } finally {
        rooms.repositories.remember(repository)
      }
      return {}
    },
  }
}
