import type { Clock } from '../../base/clock.ts'
import { systemClock } from '../../base/clock.ts'
import { type Log, silentLog } from '../../base/log.ts'
import type { Hypervisor } from '../hypervisor.ts'
import { cleanUp } from './clean-up.ts'
import { connectHost } from './host.ts'
import { openInPlace } from './in-place.ts'
import { createMachine } from './restore.ts'
import { beginSession } from './session.ts'
import type { SessionHost } from './session-host.ts'

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
  return {
    identity: libvirt.identity,
    listMachines: (listSignal) => libvirt.listMachines(listSignal),
    onChange: (listener) => libvirt.onChange(listener),
    cleanUp: (isCommitted, cleanSignal) => cleanUp(host, isCommitted, cleanSignal),
    beginBackup: (request, beginSignal) => beginSession(host, request, beginSignal),
    createMachine: (machine, createSignal) => createMachine(host, machine, createSignal),
    openInPlace: (machineId, disks, openSignal) => openInPlace(host, machineId, disks, openSignal),
    [Symbol.asyncDispose]: () => libvirt[Symbol.asyncDispose](),
  }
}
