import type { Result } from '../../../shared/contract.ts'
import { fromWire, toWire } from '../../../shared/failure.ts'
import type { Machine, MachineId } from '../../../shared/machine.ts'
import type { Method } from '../../../shared/point.ts'
import { sentence } from '../../../shared/sentences.ts'
import { forEachParallel } from '../base/parallel.ts'
import type { PolicyRecord } from '../catalog/policies.ts'
import type { Order } from '../jobs/order.ts'
import { isAlive } from '../jobs/owner.ts'
import type { Rooms } from '../rooms.ts'
import type { Found } from '../roster/hosts.ts'
import { backupOrder } from './runs.ts'

type Started = Result<'runPolicy'>
type Failed = Started['failed'][number]

/** Machines that must be searched for, so many at once. */
const searchesAtOnce = 4

/** One run for each machine, queued in the policy's own order; those that cannot be started are told with their failure. */
export async function startPolicy(
  rooms: Rooms,
  policy: PolicyRecord,
  method: Method,
  signal: AbortSignal,
): Promise<Started> {
  const machines = await rooms.hosts.machines(signal)
  const orders = new Map<MachineId, Order>()
  const failed: Failed[] = []
  await forEachParallel(policy.machineIds, searchesAtOnce, async (machineId) => {
    try {
      const found = await onlyHolder(rooms, machines, machineId, signal)
      orders.set(machineId, await orderOf(rooms, policy, { machineId, method, found }, signal))
    } catch (thrown) {
      signal.throwIfAborted()
      failed.push({ machineId, failure: toWire(thrown) })
    }
  })
  const queued = policy.machineIds.flatMap((machineId) => orders.get(machineId) ?? [])
  return { runIds: queued.map((order) => rooms.runner.start(order)), failed }
}

/**
 * What a policy's rules start: machines that a backup to the same repository is under way for are left to it, and those that
 * cannot be started leave a failed run behind. Answers why nothing could be started.
 */
export async function startDue(
  rooms: Rooms,
  policy: PolicyRecord,
  method: Method,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (policy.machineIds.length === 0) return sentence('policy-without-machines')
  const busy = beingBackedUp(rooms, policy.repositoryId)
  const machineIds = policy.machineIds.filter((id) => !busy.has(id))
  const { runIds, failed } = await startPolicy(rooms, { ...policy, machineIds }, method, signal)
  for (const each of failed) rooms.runner.start(failedOrder(rooms, policy, each))
  const isNone = runIds.length === 0 && machineIds.length === policy.machineIds.length
  return isNone ? failed[0]?.failure.message : undefined
}

/** One list of all machines answers for most of them; what it cannot settle is searched for by itself. */
async function onlyHolder(
  { hosts }: Rooms,
  machines: readonly Machine[],
  machineId: MachineId,
  signal: AbortSignal,
): Promise<Found | undefined> {
  const [machine, other] = machines.filter(({ id }) => id === machineId)
  if (machine === undefined || other !== undefined) return undefined
  return { machine, hypervisor: await hosts.need(machine.hostId, signal) }
}

type Wanted = { readonly machineId: MachineId; readonly method: Method; readonly found: Found | undefined }

async function orderOf(rooms: Rooms, policy: PolicyRecord, wanted: Wanted, signal: AbortSignal): Promise<Order> {
  const { machineId, method, found } = wanted
  const { id: policyId, repositoryId, freeze, excluded } = policy
  const excludedDisks = excluded.filter((each) => each.machineId === machineId).map(({ disk }) => disk)
  return backupOrder(rooms, { machineId, repositoryId, method, excludedDisks, freeze, policyId, found }, signal)
}

function beingBackedUp({ catalog, owner }: Rooms, repositoryId: string): ReadonlySet<MachineId | undefined> {
  const backups = catalog.runs
    .underWay()
    .filter(({ run, owner: carrier }) => run.kind === 'backup' && isAlive(carrier, owner))
  return new Set(backups.filter(({ run }) => run.repositoryId === repositoryId).map(({ run }) => run.machineId))
}

/** A night without a backup stands in the list of runs, also when nothing of it could begin. */
function failedOrder({ catalog }: Rooms, policy: PolicyRecord, { machineId, failure }: Failed): Order {
  const machineName = catalog.points.list(machineId)[0]?.machineName
  return {
    kind: 'backup',
    machineId,
    ...(machineName === undefined ? {} : { machineName }),
    repositoryId: policy.repositoryId,
    policyId: policy.id,
    keys: [],
    work: () => Promise.reject(fromWire(failure)),
  }
}
