import { Failure } from '../../../shared/failure.ts'
import type { MachineId, SnapshotRefusal } from '../../../shared/machine.ts'
import type { PointId } from '../../../shared/point.ts'
import { type BeforeAccess, FakeDisk } from './fake-disk.ts'
import { FakeGuest } from './fake-guest.ts'
import { FakeSnapshots } from './fake-snapshots.ts'
import type { Attachment, HostMachine } from './hypervisor.ts'

/** What goes wrong, and when. All may be changed at any time; absent means that all is well. */
export type FakeFaults = {
  /** Thrown by the next `beginBackup`, which then forgets it. */
  begin?: Failure | undefined
  /** The guest stops once its sessions have read so many bytes, counted from when this is set. */
  stopAfterBytes?: number | undefined
  /** Reads of a session that touch the byte fail with `disk-unreadable`. */
  unreadable?: { readonly disk: string; readonly offset: number } | undefined
  /** The guest agent does not answer: points are crash-consistent. */
  noFreeze?: boolean | undefined
  /** Awaited before each access of a session's disk: where a test holds a run still or makes it slow. */
  before?: BeforeAccess | undefined
  /** What the guest's agent does not do: anything at all, or run programs. */
  agent?: 'none' | 'no-shell' | undefined
  /** Why snapshots are not taken, gone back to or deleted; the list says so too. */
  refusals?: { readonly [act in 'create' | 'revert' | 'delete']?: SnapshotRefusal } | undefined
}

export type FakeMachineOptions = {
  readonly id: MachineId
  readonly name: string
  readonly state?: 'running' | 'off'
  readonly transient?: boolean
  readonly definition?: string
  readonly attachments?: readonly Attachment[]
  /** Format `qcow2` unless given; only that one can carry bitmaps. */
  readonly disks: readonly { readonly name: string; readonly sizeBytes: number; readonly format?: string }[]
}

/** The hypervisor's record of a moment; each disk has a bitmap of the same name unless it was lost. */
export type FakeCheckpoint = {
  readonly name: string
  readonly pointId: PointId
  readonly repositoryId: string
  readonly full: boolean
}

/** A machine as its guest and its admin see it; a test plays both. */
export class FakeMachine {
  readonly id: MachineId
  name: string
  readonly transient: boolean
  readonly definition: string | undefined
  readonly attachments: readonly Attachment[]
  readonly snapshots: FakeSnapshots
  /** What lies in its file system as far as its agent wrote it. */
  readonly guest = new FakeGuest(() => this.faults.agent)
  readonly faults: FakeFaults = {}
  state: 'running' | 'off'
  /** Oldest first. */
  checkpoints: readonly FakeCheckpoint[] = []
  /** Ends what is under way on the machine; undefined while nothing is. */
  busy: AbortController | undefined
  readonly #disks: FakeDisk[]

  constructor(options: FakeMachineOptions) {
    this.id = options.id
    this.name = options.name
    this.transient = options.transient ?? false
    this.definition = options.definition
    this.attachments = options.attachments ?? []
    this.snapshots = new FakeSnapshots(this)
    this.state = options.state ?? 'running'
    this.#disks = options.disks.map((disk) => new FakeDisk(disk.name, disk.format ?? 'qcow2', disk.sizeBytes))
  }

  get disks(): readonly FakeDisk[] {
    return this.#disks
  }

  disk(name: string): FakeDisk {
    const found = this.#disks.find((disk) => disk.name === name)
    if (found === undefined) throw new Failure('disk-unsupported', `${this.name} has no disk ${name}`)
    return found
  }

  /** Nothing lies there. */
  pathOf(disk: string): string {
    return `/fake/${this.name}/${disk}.${this.disk(disk).format}`
  }

  /** Throws where the machine has a disk of that name, as a hypervisor refuses it. */
  addDisk(name: string, sizeBytes: number, format = 'qcow2'): FakeDisk {
    if (this.#disks.some((disk) => disk.name === name)) throw new RangeError(`${this.name} has a disk ${name}`)
    const disk = new FakeDisk(name, format, sizeBytes)
    this.#disks.push(disk)
    return disk
  }

  /** Checkpoints stay, also the one of a session under way: that is how libvirt behaves. */
  stop(): void {
    this.state = 'off'
    this.busy?.abort(new Failure('guest-stopped', `${this.name} stopped`))
  }

  start(): void {
    this.state = 'running'
  }

  dropCheckpoints(which: (checkpoint: FakeCheckpoint) => boolean): void {
    for (const { name } of this.checkpoints.filter(which)) {
      for (const disk of this.#disks) disk.dropBitmap(name)
    }
    this.checkpoints = this.checkpoints.filter((checkpoint) => !which(checkpoint))
  }

  listed(): HostMachine {
    return {
      id: this.id,
      name: this.name,
      state: this.state,
      transient: this.transient,
      disks: this.#disks.map(({ name, format, sizeBytes }) => ({ name, format, sizeBytes, path: this.pathOf(name) })),
      snapshots: this.snapshots.listed(),
      ...(this.faults.refusals?.create === undefined ? {} : { snapshotRefusal: this.faults.refusals.create }),
    }
  }
}
