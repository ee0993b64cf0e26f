import type { DiskFormat, Host, Machine, MachineId } from '../../../shared/machine.ts'
import type { Cause, Consistency, Method, PointId } from '../../../shared/point.ts'
import type { ReadableDisk, WritableDisk } from '../disk/disk.ts'
import type { Extents } from '../disk/extents.ts'

/** A machine as its host tells it; the host's own id is added by the engine. */
export type HostMachine = Omit<Machine, 'hostId'>

/** A point in the repository whose map could be built upon. Newest first wherever there are several. */
export type BasePoint = {
  readonly id: PointId
  /** Name of the hypervisor's checkpoint that was taken with the point; absent where none could be. */
  readonly checkpoint: string | undefined
  readonly disks: readonly { readonly name: string; readonly sizeBytes: number }[]
}

export type BackupRequest = {
  readonly machineId: MachineId
  /** Of the point to be made; checkpoints are named after it, so names never repeat. */
  readonly pointId: PointId
  readonly repositoryId: string
  readonly method: Method
  /** Points that a bitmap may lead back to, newest first; for a differential only those read whole; none for a full. */
  readonly bases: readonly BasePoint[]
  /** Disks left out by choice: neither read nor followed by the checkpoint. Names that the machine does not have mean nothing. */
  readonly excluded: readonly string[]
  /** Ask the guest's agent to quiesce. When false it is not asked, and a running guest is found as after a power cut. */
  readonly freeze: boolean
}

/** One disk standing still. Disposed with its session, not by the reader. */
export type SessionDisk = {
  readonly name: string
  readonly format: string
  readonly disk: ReadableDisk
  /**
   * Set when a dirty bitmap is to be trusted: `changed` are the only ranges that may differ from `basePoint`'s disk of
   * the same name (ranges past that disk's old end are included). Undefined: everything must be read.
   */
  readonly increment: { readonly basePoint: PointId; readonly changed: Extents } | undefined
  readonly cause: Cause
  /** The cause as one English sentence, naming what was found. */
  readonly why: string
}

/** A file that belongs to the machine beside its disks: NVRAM, vTPM state, direct-boot kernel and initrd. */
export type Attachment = {
  readonly role: 'nvram' | 'tpm' | 'kernel' | 'initrd'
  readonly path: string
  readonly bytes: Uint8Array
}

/**
 * A machine whose disks all stand still at one moment. Disposing ends the job on the host; unless the checkpoint was kept,
 * it is deleted, so that the next increment from the base covers both periods.
 */
export type BackupSession = AsyncDisposable & {
  readonly machineName: string
  /** The domain XML as the host keeps it; absent for a folder of images. */
  readonly definition: string | undefined
  readonly attachments: readonly Attachment[]
  readonly disks: readonly SessionDisk[]
  readonly consistency: Consistency
  readonly freezeMs: number | undefined
  readonly takenAt: number
  /** One sentence each: a disk left out, NVRAM unreadable, an agent that did not answer. */
  readonly warnings: readonly string[]
  /** Name of the checkpoint taken with the session. */
  readonly checkpoint: string | undefined
  /** Aborts when the guest stops or the host is lost: everything read after that is worthless. */
  readonly lost: AbortSignal
  /** Call once the point is durable: keeps the new checkpoint and deletes those that nothing needs any more. */
  keepCheckpoint(signal: AbortSignal): Promise<void>
}

export type NewMachine = {
  readonly name: string
  /** Domain XML from the point; absent when the point came from a folder of images. */
  readonly definition: string | undefined
  readonly attachments: readonly Attachment[]
  readonly disks: readonly { readonly name: string; readonly sizeBytes: number; readonly format: DiskFormat }[]
  /** Folder on the host for the new disks. */
  readonly storage: string | undefined
}

/** Empty disks waiting for bytes. Disposing without `finish` removes everything that was made. */
export type RestoreSession = AsyncDisposable & {
  readonly disks: readonly { readonly name: string; readonly disk: WritableDisk; readonly path: string }[]
  /** Flushes, gives the files their names, defines the machine (not started). */
  finish(signal: AbortSignal): Promise<{ readonly machineId: MachineId }>
}

/** A switched-off machine's own disks, to be overwritten by differences. The driver drops its checkpoints first. */
export type InPlaceSession = AsyncDisposable & {
  readonly disks: readonly { readonly name: string; readonly disk: WritableDisk; readonly path: string }[]
}

export type NewSnapshot = {
  readonly name: string
  readonly description: string | undefined
  /** With what the guest has in its memory; a machine that is off has none. */
  readonly memory: boolean
}

/** What a file gets when it is whole: `mode` (0644 when absent, set-uid and the like never), `modifiedAt` in nanoseconds since 1970. */
export type GuestFileFacts = { readonly mode?: number | undefined; readonly modifiedAt?: bigint | undefined }

/** A new file in a guest. Disposing it before `finish` removes it where the agent can. */
export type GuestFile = AsyncDisposable & {
  write(bytes: Uint8Array, signal: AbortSignal): Promise<void>
  /** Gives it its name: `target-exists` when that was taken meanwhile. */
  finish(signal: AbortSignal): Promise<void>
}

/**
 * The files of a running guest, as far as its agent lets somebody write them. Paths are absolute ones of the guest; one that no
 * text can tell (a lone surrogate, a NUL) is `invalid-argument`. Nothing that is there is ever written to. All fail with
 * `guest-refused` and the agent's own words.
 */
export type GuestFiles = AsyncDisposable & {
  /** False where the agent runs no programs: then folders and links cannot be made, and a file has its name from its first byte on. */
  readonly hasFolders: boolean
  /** With those above it; nothing happens where it is there. */
  makeFolder(path: string, signal: AbortSignal): Promise<void>
  /** In a folder that is there. Fails with `target-exists`, also for a link that leads nowhere. */
  createFile(path: string, facts: GuestFileFacts, signal: AbortSignal): Promise<GuestFile>
  createLink(path: string, target: string, signal: AbortSignal): Promise<void>
}

/**
 * The one door to hosts. Failures: `host-unreachable`, `host-refused`, `host-unsupported`, `machine-not-found`,
 * `machine-busy`, `machine-running`, `guest-refused`, `disk-unsupported`, `disk-hostile`, `disk-unreadable`, `identity-taken`,
 * `target-exists`, `snapshot-not-found`, `snapshot-refused` (its message begins with the refusal's code and a colon).
 */
export type Hypervisor = AsyncDisposable & {
  readonly identity: Pick<Host, 'id' | 'name'>
  listMachines(signal: AbortSignal): Promise<readonly HostMachine[]>
  /** Calls back after anything changed in the list or in the reachability of the host, until disposed. */
  onChange(listener: () => void): void
  /** Ends what an earlier death of ours left on this host (jobs, uncommitted checkpoints, scratch files, frozen guests). One sentence per thing mended. */
  cleanUp(isCommitted: (pointId: PointId) => boolean, signal: AbortSignal): Promise<readonly string[]>
  beginBackup(request: BackupRequest, signal: AbortSignal): Promise<BackupSession>
  createMachine(machine: NewMachine, signal: AbortSignal): Promise<RestoreSession>
  openInPlace(machineId: MachineId, disks: readonly string[], signal: AbortSignal): Promise<InPlaceSession>
  /** Nothing happens to a machine that runs already; one that is paused goes on. */
  startMachine(machineId: MachineId, signal: AbortSignal): Promise<void>
  /** Asks the guest and does not wait for it; nothing happens to a machine that is off. */
  shutDownMachine(machineId: MachineId, signal: AbortSignal): Promise<void>
  /** Fails with `guest-refused` where the machine is off, has no agent, or its agent writes no files; `host-unsupported`. */
  openGuest(machineId: MachineId, signal: AbortSignal): Promise<GuestFiles>
  /** The next backup is correct whatever this does to checkpoints. */
  createSnapshot(machineId: MachineId, snapshot: NewSnapshot, signal: AbortSignal): Promise<void>
  /** The machine ends in the state that the snapshot has: running, paused or off. Checkpoints of ours are given up first. */
  revertSnapshot(machineId: MachineId, name: string, signal: AbortSignal): Promise<void>
  /** The machine's content and its other snapshots stay what they are. */
  deleteSnapshot(machineId: MachineId, name: string, signal: AbortSignal): Promise<void>
}
