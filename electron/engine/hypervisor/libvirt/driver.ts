import type { Clock } from '../../base/clock.ts'
import { systemClock } from '../../base/clock.ts'
import { type Log, silentLog } from '../../base/log.ts'
import type { Hypervisor } from '../hypervisor.ts'
import { cleanUp } from './clean-up.ts'
import { connectHost } from './host.ts'
import { openInPlace } from './in-place.ts'
import { openGuest } from './open-guest.ts'
import { shutDownMachine, startMachine } from './power.ts'
import { createMachine } from './restore.ts'
import { beginSession } from './session.ts'
import type { SessionHost } from './session-host.ts'
import { createSnapshot } from './snapshot-create.ts'
import { deleteSnapshot } from './snapshot-delete.ts'
import { revertSnapshot } from './snapshot-revert.ts'

export type LibvirtOptions = {
  /** `qemu:///system` or `qemu:///session`, with `?socket=/path` at most. */
  readonly uri: string
  /** A folder that only this engine writes; made when it is needed. */
  readonly stateFolder: string
  readonly clock?: Clock
  readonly log?: Log
}

/** A libvirt host. Fails with `invalid-argument`, `host-unreachable` or `host-refused`. */
export async function connectLibvirt(options: LibvirtOptions, signal: AbortSignal): Promise<Hypervisor> {
  const { uri, stateFolder, clock = systemClock, log = silentLog } = options
  const libvirt = await connectHost({ uri, environment: process.env, clock }, signal)
  const host: SessionHost = {
    uri,
    openConnection: (openSignal) => libvirt.openConnection(openSignal),
    stateFolder,
    clock,
    log,
  }
  // A host sends no event of what is done to a machine's snapshots.
  const telling = (work: Promise<void>) => work.finally(() => libvirt.changed())
  return {
    identity: libvirt.identity,
    listMachines: (listSignal) => libvirt.listMachines(listSignal),
    onChange: (listener) => libvirt.onChange(listener),
    cleanUp: (isCommitted, cleanSignal) => cleanUp(host, isCommitted, cleanSignal),
    beginBackup: (request, beginSignal) => beginSession(host, request, beginSignal),
    createMachine: (machine, createSignal) => createMachine(host, machine, createSignal),
    openInPlace: (machineId, disks, openSignal) => openInPlace(host, machineId, disks, openSignal),
    startMachine: (machineId, startSignal) => startMachine(host, machineId, startSignal),
    shutDownMachine: (machineId, askSignal) => shutDownMachine(host, machineId, askSignal),
    openGuest: (machineId, openSignal) => openGuest(host, machineId, openSignal),
    createSnapshot: (machineId, wanted, actSignal) => telling(createSnapshot(host, machineId, wanted, actSignal)),
    revertSnapshot: (machineId, name, actSignal) => telling(revertSnapshot(host, machineId, name, actSignal)),
    deleteSnapshot: (machineId, name, actSignal) => telling(deleteSnapshot(host, machineId, name, actSignal)),
    [Symbol.asyncDispose]: () => libvirt[Symbol.asyncDispose](),
  }
}
