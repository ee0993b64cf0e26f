import type { MachineId } from '../../../shared/machine.ts'
import type { Point, PointId } from '../../../shared/point.ts'
import type { RepositoryId } from '../../../shared/repository.ts'
import type { ReadableDisk } from '../disk/disk.ts'
import type { Extents } from '../disk/extents.ts'
import type { Manifest } from './format/manifest.ts'

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
   * When it rejects, the point does not exist.
   */
  commit(facts: PointFacts, signal: AbortSignal): Promise<Point>
}

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
  differences(other: ReadableDisk, onRead: (bytes: number) => void, signal: AbortSignal): Promise<Extents>
}

export type VerifyReport = {
  readonly objects: number
  readonly chunks: number
  readonly bytesRead: number
  /** Each damaged or missing object with what it is, and the points that cannot be restored whole because of it. */
  readonly damaged: readonly {
    readonly object: string
    readonly problem: string
    readonly points: readonly PointId[]
  }[]
}

export type Repository = AsyncDisposable & {
  readonly id: RepositoryId
  readonly title: string
  /** Acknowledged points in the order of the ledger. Already authenticated. */
  points(): readonly Point[]
  /** Looks for entries that other engines have added to the ledger; answers whether there were any. */
  refresh(signal: AbortSignal): Promise<boolean>
  manifest(pointId: PointId, signal: AbortSignal): Promise<Manifest>
  attachment(reference: Manifest['attachments'][number], signal: AbortSignal): Promise<Uint8Array>
  beginPoint(pointId: PointId, machineId: MachineId): PointDraft
  openDisk(pointId: PointId, diskName: string, signal: AbortSignal): Promise<PointDisk>
  /**
   * Reads every object that the points need (all points, or one), compares pack names with their bytes, opens every chunk
   * and compares it with its id.
   */
  verify(
    pointId: PointId | undefined,
    onRead: (bytes: number, totalBytes: number) => void,
    signal: AbortSignal,
  ): Promise<VerifyReport>
  readonly totals: { readonly chunks: number; readonly storedBytes: number }
}
