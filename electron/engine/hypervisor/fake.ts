import { randomUUID } from 'node:crypto'
import { Failure } from '../../../shared/failure.ts'
import type { HostId, MachineId } from '../../../shared/machine.ts'
import { type Clock, systemClock } from '../base/clock.ts'
import type { BeforeAccess } from './fake-disk.ts'
import { FakeMachine, type FakeMachineOptions } from './fake-machine.ts'
import { beginFakeSession, takeJob } from './fake-session.ts'
import type {
  BackupRequest,
  BackupSession,
  GuestFiles,
  HostMachine,
  Hypervisor,
  InPlaceSession,
  NewMachine,
  NewSnapshot,
  RestoreSession,
} from './hypervisor.ts'

export type FakeHostOptions = {
  readonly id?: HostId
  readonly name?: string
  readonly clock?: Clock
}

/** What goes wrong while a restore writes. */
export type FakeRestoreFaults = {
  /** Writes fail with `no-space` once so many bytes were written, counted from when this is set. */
  fullAfterBytes?: number | undefined
  /** Awaited before each access of a disk under restore. */
  before?: BeforeAccess | undefined
}

/**
 * A host in memory whose bitmaps truly track what its guests write, and that fails on demand. A test holds the machines
 * (`add`, `machine`) and plays guest and admin; the engine meets the same door as that of a real host.
 */
export class FakeHost implements Hypervisor {
  readonly identity: { readonly id: HostId; readonly name: string }
  readonly restoreFaults: FakeRestoreFaults = {}
  readonly #clock: Clock
  readonly #machines = new Map<MachineId, FakeMachine>()
  readonly #listeners = new Set<() => void>()
  #reachable = true

  readonly #beforeRead: BeforeAccess = async (offset, lengthBytes, signal) => {
    this.#check(signal)
    await this.restoreFaults.before?.(offset, lengthBytes, signal)
  }

  readonly #beforeWrite: BeforeAccess = async (offset, lengthBytes, signal) => {
    await this.#beforeRead(offset, lengthBytes, signal)
    if (this.restoreFaults.fullAfterBytes === undefined) return
    this.restoreFaults.fullAfterBytes -= lengthBytes
    if (this.restoreFaults.fullAfterBytes < 0) throw new Failure('no-space', `${this.identity.name} is full`)
  }

  constructor(options: FakeHostOptions = {}) {
    this.identity = { id: options.id ?? randomUUID(), name: options.name ?? 'fake' }
    this.#clock = options.clock ?? systemClock
  }

  add(options: Omit<FakeMachineOptions, 'id'> & { readonly id?: MachineId }): FakeMachine {
    const machine = new FakeMachine({ id: randomUUID(), ...options })
    this.#machines.set(machine.id, machine)
    this.#changed()
    return machine
  }

  remove(id: MachineId): void {
    this.machine(id).stop()
    this.#machines.delete(id)
    this.#changed()
  }

  machine(id: MachineId): FakeMachine {
    const machine = this.#machines.get(id)
    if (machine === undefined) throw new Failure('machine-not-found', `No machine ${id} on ${this.identity.name}`)
    return machine
  }

  /** The connection breaks: sessions are lost, every call fails until `comeBack`. Jobs on the host stay. */
  vanish(): void {
    this.#reachable = false
    for (const machine of this.#machines.values()) machine.busy?.abort(this.#unreachable())
    this.#changed()
  }

  comeBack(): void {
    this.#reachable = true
    this.#changed()
  }

  async listMachines(signal: AbortSignal): Promise<readonly HostMachine[]> {
    this.#check(signal)
    return [...this.#machines.values()].map((machine) => machine.listed())
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener)
  }

  async cleanUp(isCommitted: (pointId: string) => boolean, signal: AbortSignal): Promise<readonly string[]> {
    this.#check(signal)
    return [...this.#machines.values()].flatMap((machine) => mend(machine, isCommitted))
  }

  async beginBackup(request: BackupRequest, signal: AbortSignal): Promise<BackupSession> {
    this.#check(signal)
    const machine = this.machine(request.machineId)
    const fault = machine.faults.begin
    machine.faults.begin = undefined
    if (fault !== undefined) throw fault
    return beginFakeSession(machine, request, this.#clock)
  }

  /** The new machine is off. It keeps the disks' formats and a definition, and always gets an identity of its own. */
  async createMachine(wanted: NewMachine, signal: AbortSignal): Promise<RestoreSession> {
    this.#check(signal)
    this.#checkFree(wanted.name)
    const { name, definition, attachments, disks } = wanted
    const known = definition === undefined ? {} : { definition }
    const machine = new FakeMachine({ id: randomUUID(), name, state: 'off', attachments, disks, ...known })
    return {
      disks: machine.disks.map((disk) => ({
        name: disk.name,
        disk: disk.live(this.#beforeRead, this.#beforeWrite),
        path: machine.pathOf(disk.name),
      })),
      finish: async (last) => {
        this.#check(last)
        this.#checkFree(name)
        this.#machines.set(machine.id, machine)
        this.#changed()
        return { machineId: machine.id }
      },
      async [Symbol.asyncDispose]() {},
    }
  }

  async openInPlace(id: MachineId, disks: readonly string[], signal: AbortSignal): Promise<InPlaceSession> {
    this.#check(signal)
    const machine = this.machine(id)
    if (machine.state !== 'off') throw new Failure('machine-running', `${machine.name} is running`)
    const chosen = disks.map((name) => machine.disk(name))
    const job = takeJob(machine)
    machine.dropCheckpoints(() => true)
    return {
      disks: chosen.map((disk) => ({
        name: disk.name,
        disk: disk.live(this.#beforeRead, this.#beforeWrite),
        path: machine.pathOf(disk.name),
      })),
      async [Symbol.asyncDispose]() {
        if (machine.busy === job) machine.busy = undefined
      },
    }
  }

  async startMachine(id: MachineId, signal: AbortSignal): Promise<void> {
    this.#check(signal)
    this.machine(id).start()
    this.#changed()
  }

  /** The guest of a fake listens at once. */
  async shutDownMachine(id: MachineId, signal: AbortSignal): Promise<void> {
    this.#check(signal)
    const machine = this.machine(id)
    if (machine.state === 'off') return
    machine.stop()
    this.#changed()
  }

  async openGuest(id: MachineId, signal: AbortSignal): Promise<GuestFiles> {
    this.#check(signal)
    const machine = this.machine(id)
    if (machine.state === 'off') throw new Failure('guest-refused', `${machine.name} is off`)
    return machine.guest.open()
  }

  createSnapshot(id: MachineId, snapshot: NewSnapshot, signal: AbortSignal): Promise<void> {
    return this.#touch(id, signal, (machine) => machine.snapshots.create(snapshot, this.#clock.now()))
  }

  revertSnapshot(id: MachineId, name: string, signal: AbortSignal): Promise<void> {
    return this.#touch(id, signal, (machine) => machine.snapshots.revert(name))
  }

  deleteSnapshot(id: MachineId, name: string, signal: AbortSignal): Promise<void> {
    return this.#touch(id, signal, (machine) => machine.snapshots.remove(name))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listeners.clear()
  }

  async #touch(id: MachineId, signal: AbortSignal, act: (machine: FakeMachine) => void): Promise<void> {
    this.#check(signal)
    const machine = this.machine(id)
    if (machine.busy !== undefined) throw new Failure('machine-busy', `Another job runs on ${machine.name}`)
    act(machine)
    this.#changed()
  }

  #checkFree(name: string): void {
    const taken = [...this.#machines.values()].some((machine) => machine.name === name)
    if (taken) throw new Failure('identity-taken', `${this.identity.name} already has a machine named ${name}`)
  }

  #check(signal: AbortSignal): void {
    signal.throwIfAborted()
    if (!this.#reachable) throw this.#unreachable()
  }

  #unreachable(): Failure {
    return new Failure('host-unreachable', `${this.identity.name} cannot be reached`)
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }
}

/** What is under way when this is called was begun by somebody who died. */
function mend(machine: FakeMachine, isCommitted: (pointId: string) => boolean): readonly string[] {
  const job = machine.busy ? [`Ended a job that was left on ${machine.name}.`] : []
  machine.busy?.abort(new Failure('host-refused', `The job on ${machine.name} was ended`))
  machine.busy = undefined
  const orphans = machine.checkpoints.filter((checkpoint) => !isCommitted(checkpoint.pointId))
  machine.dropCheckpoints((checkpoint) => orphans.includes(checkpoint))
  return [...job, ...orphans.map(({ name }) => `Deleted the checkpoint ${name} of a point that was never finished.`)]
}
