import type { Handlers } from '../../../shared/contract.ts'
import type { RunId } from '../../../shared/job.ts'
import type { MachineId } from '../../../shared/machine.ts'
import type { Hypervisor } from '../hypervisor/hypervisor.ts'
import { machineKey, type Order } from '../jobs/order.ts'
import type { Rooms } from '../rooms.ts'

/** Machines: listed, started, shut down, and their snapshots. */
export function machineCalls(
  rooms: Rooms,
): Pick<
  Handlers<AbortSignal>,
  'listMachines' | 'startMachine' | 'shutDownMachine' | 'createSnapshot' | 'revertSnapshot' | 'deleteSnapshot'
> {
  const { hosts } = rooms
  return {
    listMachines: async (_, signal) => [...(await hosts.machines(signal))],
    startMachine: async ({ machineId }, signal) => {
      await (await hosts.find(machineId, signal)).hypervisor.startMachine(machineId, signal)
      return null
    },
    shutDownMachine: async ({ machineId }, signal) => {
      await (await hosts.find(machineId, signal)).hypervisor.shutDownMachine(machineId, signal)
      return null
    },
    createSnapshot: ({ machineId, name, description, memory }, signal) =>
      startSnapshotRun(rooms, { kind: 'snapshot-create', machineId, name }, signal, (hypervisor, workSignal) =>
        hypervisor.createSnapshot(machineId, { name, description, memory }, workSignal),
      ),
    revertSnapshot: ({ machineId, name }, signal) =>
      startSnapshotRun(rooms, { kind: 'snapshot-revert', machineId, name }, signal, (hypervisor, workSignal) =>
        hypervisor.revertSnapshot(machineId, name, workSignal),
      ),
    deleteSnapshot: ({ machineId, name }, signal) =>
      startSnapshotRun(rooms, { kind: 'snapshot-delete', machineId, name }, signal, (hypervisor, workSignal) =>
        hypervisor.deleteSnapshot(machineId, name, workSignal),
      ),
  }
}

type SnapshotWork = { readonly kind: Order['kind']; readonly machineId: MachineId; readonly name: string }

/** Snapshots share the machine's key with backups and restores, which they would spoil. */
async function startSnapshotRun(
  rooms: Rooms,
  { kind, machineId, name }: SnapshotWork,
  signal: AbortSignal,
  act: (hypervisor: Hypervisor, signal: AbortSignal) => Promise<void>,
): Promise<{ readonly runId: RunId }> {
  const { machine, hypervisor } = await rooms.hosts.find(machineId, signal)
  const runId = rooms.runner.start({
    kind,
    machineId,
    machineName: machine.name,
    hostId: machine.hostId,
    snapshot: name,
    keys: [machineKey(machineId)],
    work: async (step) => {
      await act(hypervisor, step.signal)
      return {}
    },
  })
  return { runId }
}
