import { stat } from 'node:fs/promises'
import path from 'node:path'
import { Failure } from '../../../../shared/failure.ts'
import type { HostId, MachineId } from '../../../../shared/machine.ts'
import { type Clock, systemClock } from '../../base/clock.ts'
import { removeLeftovers } from '../../base/partial.ts'
import type {
  BackupRequest,
  BackupSession,
  HostMachine,
  Hypervisor,
  InPlaceSession,
  NewMachine,
  NewSnapshot,
  RestoreSession,
} from '../hypervisor.ts'
import { draftImages } from './create.ts'
import { hostIdOf, isStillHost } from './host-id.ts'
import { listed } from './inspect.ts'
import { type FolderMachine, scanFolder } from './scan.ts'
import { beginImageSession, openImagesInPlace } from './session.ts'
import { followFolder } from './watch.ts'

export type ImageFolderOptions = { readonly folder: string; readonly clock?: Clock }

/**
 * A folder of raw, qcow2, vmdk, vhdx and vdi files as a host whose machines are off. What is listed, and under which
 * names: `scanFolder`; who the host is: `hostIdOf`. Fails with `host-unreachable` when there is no such folder.
 */
export async function openImageFolder(options: ImageFolderOptions, signal: AbortSignal): Promise<Hypervisor> {
  const folder = path.resolve(options.folder)
  const found = await stat(folder).catch(() => undefined)
  if (!found?.isDirectory()) throw new Failure('host-unreachable', `${folder} is not a folder that can be read`)
  const id = await hostIdOf(folder)
  signal.throwIfAborted()
  return new ImageFolder(folder, id, options.clock ?? systemClock)
}

class ImageFolder implements Hypervisor {
  readonly identity: { readonly id: HostId; readonly name: string }
  readonly #folder: string
  readonly #clock: Clock
  readonly #closing = new AbortController()
  readonly #listeners = new Set<() => void>()
  /** Machines at work in this process, and how many sessions each has; other processes are told by their locks. */
  readonly #reading = new Map<MachineId, number>()
  readonly #writing = new Set<MachineId>()
  #following: Promise<void> | undefined

  constructor(folder: string, id: HostId, clock: Clock) {
    this.identity = { id, name: path.basename(folder) || folder }
    this.#folder = folder
    this.#clock = clock
  }

  async listMachines(signal: AbortSignal): Promise<readonly HostMachine[]> {
    const machines = await this.#scan(signal)
    return Promise.all(machines.map((machine) => listed(machine, signal)))
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener)
    const look = () => this.#look()
    const tell = () => this.#tell()
    this.#following ??= followFolder(this.#folder, look, tell, this.#clock, this.#closing.signal)
  }

  async cleanUp(_isCommitted: (pointId: string) => boolean, signal: AbortSignal): Promise<readonly string[]> {
    signal.throwIfAborted()
    const removed = await removeLeftovers(this.#folder)
    return removed.map((name) => `Removed ${name}, a restore into ${this.#folder} that was never finished.`)
  }

  async beginBackup(request: BackupRequest, signal: AbortSignal): Promise<BackupSession> {
    const machine = await this.#find(request.machineId, signal)
    if (this.#writing.has(machine.id)) throw new Failure('machine-busy', `${machine.name} is being overwritten`)
    this.#count(machine.id, 1)
    return this.#held(beginImageSession(machine, request.excluded, this.#clock, signal), () =>
      this.#count(machine.id, -1),
    )
  }

  async openInPlace(machineId: MachineId, disks: readonly string[], signal: AbortSignal): Promise<InPlaceSession> {
    const machine = await this.#find(machineId, signal)
    if (this.#writing.has(machineId) || this.#reading.has(machineId)) {
      throw new Failure('machine-busy', `Another run is at work on ${machine.name}`)
    }
    this.#writing.add(machineId)
    return this.#held(openImagesInPlace(machine, disks, signal), () => void this.#writing.delete(machineId))
  }

  /** A definition and what belongs to it have no place in a folder of images; they stay in the point. */
  async createMachine(machine: NewMachine, signal: AbortSignal): Promise<RestoreSession> {
    if (machine.storage !== undefined && path.resolve(machine.storage) !== this.#folder) {
      throw new Failure('host-unsupported', `New machines of ${this.identity.name} can only lie in ${this.#folder}`)
    }
    await this.#refuseTaken(machine.name, signal)
    const draft = await draftImages(this.#folder, machine, signal)
    return {
      disks: draft.disks,
      finish: async (last) => {
        await this.#refuseTaken(machine.name, last)
        const machineId = await this.#machineAt(await draft.publish(last))
        this.#tell()
        return { machineId }
      },
      [Symbol.asyncDispose]: () => draft[Symbol.asyncDispose](),
    }
  }

  /** Nothing runs from a folder, so that there is nothing to shut down either. */
  async startMachine(machineId: MachineId, signal: AbortSignal): Promise<void> {
    const { name } = await this.#find(machineId, signal)
    throw new Failure('host-unsupported', `${name} is a folder's image: nothing runs it`)
  }

  async shutDownMachine(machineId: MachineId, signal: AbortSignal): Promise<void> {
    await this.#find(machineId, signal)
  }

  async openGuest(machineId: MachineId, signal: AbortSignal): Promise<never> {
    const { name } = await this.#find(machineId, signal)
    throw new Failure('host-unsupported', `${name} is a folder's image: nothing runs it`)
  }

  createSnapshot(machineId: MachineId, _snapshot: NewSnapshot, signal: AbortSignal): Promise<never> {
    return this.#refuseSnapshots(machineId, signal)
  }

  revertSnapshot(machineId: MachineId, _name: string, signal: AbortSignal): Promise<never> {
    return this.#refuseSnapshots(machineId, signal)
  }

  deleteSnapshot(machineId: MachineId, _name: string, signal: AbortSignal): Promise<never> {
    return this.#refuseSnapshots(machineId, signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listeners.clear()
    this.#closing.abort()
    await this.#following
  }

  async #scan(signal: AbortSignal): Promise<readonly FolderMachine[]> {
    signal.throwIfAborted()
    const machines = await scanFolder(this.#folder, this.identity.id, signal)
    if (await isStillHost(this.#folder, this.identity.id)) return machines
    throw new Failure('host-unreachable', `${this.#folder} is another folder than before: its disk may not be mounted`)
  }

  async #find(id: MachineId, signal: AbortSignal): Promise<FolderMachine> {
    const machine = (await this.#scan(signal)).find((each) => each.id === id)
    if (machine === undefined) throw new Failure('machine-not-found', `No machine ${id} in ${this.#folder}`)
    return machine
  }

  /** The machine has its place by now: no cancel may hide that. */
  async #machineAt(place: string): Promise<MachineId> {
    const machines = await this.#scan(new AbortController().signal)
    const isThere = (file: string) => file === place || path.dirname(file) === place
    const machine = machines.find(({ images }) => images.some((image) => isThere(image.path)))
    if (machine === undefined) throw new Failure('target-failed', `${place} vanished as soon as it was there`)
    return machine.id
  }

  async #refuseTaken(name: string, signal: AbortSignal): Promise<void> {
    const taken = (await this.#scan(signal)).some((machine) => machine.name === name)
    if (taken) throw new Failure('identity-taken', `${this.identity.name} already has a machine named ${name}`)
  }

  async #refuseSnapshots(id: MachineId, signal: AbortSignal): Promise<never> {
    const { name } = await this.#find(id, signal)
    throw new Failure('snapshot-refused', `host-without-snapshots: ${name} is an image file without a hypervisor`)
  }

  async #held<T extends AsyncDisposable>(opening: Promise<T>, release: () => void): Promise<T> {
    await using held = new AsyncDisposableStack()
    held.defer(async () => release())
    const session = held.use(await opening)
    const owned = held.move()
    return { ...session, [Symbol.asyncDispose]: () => owned.disposeAsync() }
  }

  #count(id: MachineId, more: number): void {
    const count = (this.#reading.get(id) ?? 0) + more
    if (count === 0) this.#reading.delete(id)
    else this.#reading.set(id, count)
  }

  /** What a list would show, as one text. */
  async #look(): Promise<string> {
    return JSON.stringify(await this.listMachines(this.#closing.signal).catch(String))
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}
