import type { Extents } from './extents.ts'

/**
 * One idea carries the engine: an NBD export, an image file, a sparse disk in memory and a disk of a
 * point are all this. Offsets and lengths are bytes; reads past the end are a bug of the caller.
 */
export type ReadableDisk = AsyncDisposable & {
  readonly sizeBytes: number
  /**
   * Fills all of `into` from `offset`. Many reads may be under way at once.
   * Fails with `disk-unreadable` (the source's own error), `guest-stopped` or `host-unreachable`.
   */
  read(offset: number, into: Uint8Array, signal: AbortSignal): Promise<void>
  /** Ranges that may hold something other than zeroes; all else reads as zeroes. One whole range where a source cannot tell. */
  allocated(signal: AbortSignal): Promise<Extents>
}

/** A disk that takes bytes. A freshly created one reads as zeroes. Failures: `target-failed`, `no-space`. */
export type WritableDisk = ReadableDisk & {
  write(offset: number, bytes: Uint8Array, signal: AbortSignal): Promise<void>
  /** Makes the range read as zeroes, without using space where the target can. */
  zero(offset: number, lengthBytes: number, signal: AbortSignal): Promise<void>
  /** Resolves only when everything written would survive a power cut. */
  flush(signal: AbortSignal): Promise<void>
}
