import type { SweepReport, VerifyReport } from '../../../shared/job.ts'
import type { MachineId } from '../../../shared/machine.ts'
import type { Point, PointId } from '../../../shared/point.ts'
import type { KeySlot, LockRule, LockTruth, RepositoryId } from '../../../shared/repository.ts'
import type { Clock } from '../base/clock.ts'
import type { ChunkPool } from '../chunk/pool.ts'
import type { ReadableDisk } from '../disk/disk.ts'
import type { Extents } from '../disk/extents.ts'
import type { Store } from '../store/store.ts'
import type { Manifest } from './format/manifest.ts'
import type { RecipientSecret } from './format/recipient.ts'
import type { SlotLock } from './format/slot.ts'
import type { Note } from './ledger-state.ts'
import type { Plants } from './plant.ts'

export { createRepository } from './create.ts'
export { openRepository } from './open.ts'

/** What a person, or the secret store of this machine, has to open a repository. */
export type RepositoryKey =
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  /** The 24 words as typed: case and spacing do not matter. */
  | { readonly kind: 'recovery-words'; readonly words: string }
  | { readonly kind: 'recovery-key'; readonly secret: RecipientSecret }
  /** 32 bytes, as handed out by `createRepository` and `openRepository`. */
  | { readonly kind: 'root-key'; readonly rootKey: Uint8Array }

/** The newest ledger entry that somebody has seen: a repository that no longer has it was rolled back or forked. */
export type LedgerHead = { readonly number: number; readonly hash: string }

export type RepositoryProblem = { readonly object: string; readonly problem: string }

/** Where chance comes from; a parameter, so that golden files can be made. */
export type Random = (lengthBytes: number) => Uint8Array

export type CreateOptions = {
  readonly store: Store
  readonly pool: ChunkPool
  readonly clock: Clock
  readonly passphrase: string
  /** Text of the script that restores without us; it is stored beside the data. */
  readonly breakGlass: Uint8Array<ArrayBuffer>
  /** A power of two; 128 KiB unless said otherwise. */
  readonly chunkBytes?: number
  /** Everything that is put is locked for so long; needs a store that has `locks`. */
  readonly lock?: LockRule | undefined
  readonly random?: Random
}

export type CreatedRepository = {
  readonly repository: Repository
  /** 24 words, shown once and never stored. */
  readonly recoveryWords: string
  /** 32 bytes, for the secret store of this machine. */
  readonly rootKey: Uint8Array
}

export type OpenOptions = {
  readonly store: Store
  readonly pool: ChunkPool
  readonly clock: Clock
  readonly key: RepositoryKey
  /** The head that this machine saw last; `repository-rolled-back` when the repository no longer has it. */
  readonly seen?: LedgerHead | undefined
  readonly random?: Random
  /** How this engine calls itself in leases, as `base/holder.ts` makes it unless said otherwise. People are shown the host name. */
  readonly holder?: string
  /** A pack is put when it holds this much; 16 MiB unless said otherwise. */
  readonly packBytes?: number
  /** Only for tests. */
  readonly plants?: Plants
}

export type OpenedRepository = { readonly repository: Repository; readonly rootKey: Uint8Array }

/** A disk under way into the repository. Every range that was not written or named is zero, or the base's where one was given. */
export type DiskDraft = {
  /**
   * `offset` is a multiple of the chunk size; `bytes` (transferred away) are whole chunks, only the disk's last may be short.
   * Calls may overlap in time. Resolves when the bytes are sealed, not yet stored.
   */
  write(offset: number, bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<void>
  /** Marks whole chunks as zero without reading them; `extents` are aligned outward by the caller. */
  zero(extents: Extents): void
}

export type DraftNumbers = { readonly bytesSent: number; readonly bytesStored: number }

/** What a job knows of a point when it commits; the repository adds map roots, numbers and names. */
export type PointFacts = Omit<Point, 'repositoryId' | 'bytesSent' | 'bytesStored'> & {
  readonly definition: string | undefined
  readonly checkpoint: string | undefined
  readonly attachments: Manifest['attachments']
}

/** A point under way. Disposing without `commit` leaves nothing visible; packs already stored serve the next attempt. */
export type PointDraft = AsyncDisposable & {
  /** With `base` the disk starts as that point's disk of the same name; cut or extended with zeroes to `sizeBytes`. */
  addDisk(
    disk: { readonly name: string; readonly sizeBytes: number; readonly base: PointId | undefined },
    signal: AbortSignal,
  ): Promise<DiskDraft>
  readonly numbers: DraftNumbers
  /** Bytes of small files that belong to the point (NVRAM); stored as chunks. Answers the reference for the manifest. */
  addAttachment(
    role: Manifest['attachments'][number]['role'],
    path: string,
    bytes: Uint8Array,
    signal: AbortSignal,
  ): Promise<Manifest['attachments'][number]>
  /**
   * Packs → index → manifest → ledger, each durable before the next. When it resolves, the point is acknowledged.
   * When it rejects, the point does not exist, unless the store was gone before anybody could ask whether its last write was
   * done: then it is found when the ledger is read on. `lease-lost` when another engine took this one for dead, after which a new
   * draft finds everything that was stored. `object-conflict` when the repository has a point of this id already.
   */
  commit(facts: PointFacts, signal: AbortSignal): Promise<Point>
}

/** Told of what was read since the last time and of what is to be read in all; the reading goes on when it resolves. */
export type OnRead = (bytes: number, totalBytes: number) => Promise<void> | void

/** A run of plaintext chunks of a point's disk, in no particular order. */
export type DiskBatch = { readonly offset: number; readonly bytes: Uint8Array }

/** A disk of a point. Reads fail with `object-missing`, `pack-missing` or `object-damaged`. */
export type PointDisk = ReadableDisk & {
  /**
   * Every non-zero chunk within `within` (aligned outward), opened on the pool with bounded read-ahead, in the order of packs.
   * Each chunk's tag proves it bound to its id.
   */
  scan(within: Extents, signal: AbortSignal): AsyncIterable<DiskBatch>
  /** Chunk-aligned ranges of `other` whose bytes differ from this point's, told by ids alone: `other` is read whole, the repository is not. */
  differences(other: ReadableDisk, onRead: OnRead, signal: AbortSignal): Promise<Extents>
}

export type RepositoryTotals = {
  readonly chunks: number
  readonly storedBytes: number
  /** Of the stored chunks before compression. */
  readonly rawBytes: number
  /**
   * What the points hold, each counted whole: of a disk the ranges that were allocated on its host. A disk that was read whole
   * tells them; one that was read by its bitmap counts as it did when it was last read whole, and with its size where it never
   * was.
   */
  readonly pointBytes: number
}

export type VerifyOptions = {
  /** All points when undefined. */
  readonly pointId?: PointId | undefined
  /** Packs that were read so lately that they need not be read again: a verification that was cut off goes on with the others. */
  isFresh?(pack: string): boolean
  /** Told of every pack that was read. */
  onPack?(pack: string, isWhole: boolean): void
  readonly onRead: OnRead
}

export type DroppedPoint = {
  readonly point: Point
  /** Milliseconds since 1970, on the clock of whoever dropped it. */
  readonly at: number
  readonly why: 'retention' | 'person'
}

export type SweepOptions = {
  /** How long a dropped point stays in the trash. */
  readonly trashMs: number
  /** How long a mark stands before its object goes: at least 24 h outside tests (I9). */
  readonly graceMs: number
  /** Finished cycles that a mark stands for: at least 2 outside tests. */
  readonly cycles: number
  /** A pack of which more than this part (0 to 1) is needed by nobody is written anew. */
  readonly wasteLimit: number
  readonly onRead: OnRead
}

export type LockReport = {
  readonly truth: LockTruth
  readonly perPoint: ReadonlyMap<PointId, number | undefined>
}

/** Where chunks that are damaged here can be had: the same point in another repository. */
export type MendSource = {
  /** Undefined where no other repository has this point. */
  openDisk(pointId: PointId, diskName: string, signal: AbortSignal): Promise<ReadableDisk | undefined>
}

/** Owns neither its store nor the pool: whoever gave them ends them, after the repository. */
export type Repository = AsyncDisposable & {
  readonly id: RepositoryId
  readonly title: string
  /** The grid on which this repository's disks are cut. */
  readonly chunkBytes: number
  /** Why nothing can be written, in one sentence; undefined when it can. */
  readonly readOnly: string | undefined
  /** Newest ledger entry; to be remembered and given to the next `openRepository`. */
  head(): LedgerHead
  /** Objects that the ledger names and that could not be read. A point whose manifest is among them is not in `points()`. */
  problems(): readonly RepositoryProblem[]
  /** Acknowledged points in the order of the ledger. Already authenticated. */
  points(): readonly Point[]
  /** Looks for entries that other engines have added to the ledger; answers whether there were any. */
  refresh(signal: AbortSignal): Promise<boolean>
  manifest(pointId: PointId, signal: AbortSignal): Promise<Manifest>
  attachment(reference: Manifest['attachments'][number], signal: AbortSignal): Promise<Uint8Array>
  beginPoint(pointId: PointId, machineId: MachineId): PointDraft
  openDisk(pointId: PointId, diskName: string, signal: AbortSignal): Promise<PointDisk>
  /**
   * Reads every object that the points need, compares pack names with their bytes, opens every chunk and compares it with its
   * id. Goes on after damage. Bad packs that no point needs are told and are no damage. Packs found bad are quarantined in the ledger: the next backup stores their chunks again (I11).
   */
  verify(options: VerifyOptions, signal: AbortSignal): Promise<VerifyReport>
  /** Names of the packs that a point needs; fails as reading its maps does. */
  packsOf(pointId: PointId, signal: AbortSignal): Promise<readonly string[]>
  /** Stores chunks anew that points need and that lie in bad packs only. Answers how many. */
  mend(source: MendSource, onRead: OnRead, signal: AbortSignal): Promise<number>
  /** Ranges in which a disk of `pointId` differs from the disk of the same name of `base`, told by their maps alone. */
  changedSince(base: PointId, pointId: PointId, diskName: string, signal: AbortSignal): Promise<Extents>

  /** What a person said of points; a point without a note is neither pinned nor labelled. */
  notes(): ReadonlyMap<PointId, Note>
  note(pointId: PointId, note: Note, signal: AbortSignal): Promise<void>
  /** Points that were dropped and not purged: they are not among `points()`, and everything they need is kept. */
  trash(): readonly DroppedPoint[]
  /** Fails with `invalid-argument` for pinned points and `point-not-found`; nothing is dropped then. */
  drop(pointIds: readonly PointId[], why: DroppedPoint['why'], signal: AbortSignal): Promise<void>
  recover(pointIds: readonly PointId[], signal: AbortSignal): Promise<void>
  /**
   * One cycle of upkeep, beside running backups (I8, I9, I12): purge, mark, sweep, repack. Fails with `repository-busy` while
   * another engine sweeps, `clock-skewed`, and as reading does where a manifest, map or index cannot be read: nothing is
   * removed then. A cycle that was cut off is gone on with by the next.
   */
  sweep(options: SweepOptions, signal: AbortSignal): Promise<SweepReport>
  /** Finished cycles, when the last one ended, and bytes of what is marked. */
  upkeep(): { readonly cycles: number; readonly at: number | undefined; readonly markedBytes: number }

  slots(signal: AbortSignal): Promise<readonly KeySlot[]>
  /** One more way in; answers its id. */
  addSlot(lock: SlotLock, signal: AbortSignal): Promise<string>
  /** Fails with `key-slot-not-found`, and with `invalid-argument` for the last whole one. */
  removeSlot(slotId: string, signal: AbortSignal): Promise<void>
  /** From now on new data is sealed under new keys. Answers the epoch. */
  renewEpoch(signal: AbortSignal): Promise<number>
  readonly epoch: number

  readonly lock: LockRule | undefined
  setLock(rule: LockRule | undefined, signal: AbortSignal): Promise<void>
  /**
   * Asks the store for the lock of every object that a point needs, extends those that end before `rule` says, tries the
   * canary. `perPoint` is the earliest moment at which a byte of it could go; undefined where something is not locked.
   */
  checkLocks(onRead: OnRead, signal: AbortSignal): Promise<LockReport>
  readonly totals: RepositoryTotals
}
