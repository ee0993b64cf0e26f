import { KiB } from '../../../shared/units.ts'

/** The grid on which disks are cut; measured best (PERFORMANCE). Recorded per repository. */
export const chunkBytes = 128 * KiB

/** Length of a chunk id: HMAC-SHA-256. */
export const idBytes = 32

/** Ids of an all-zero chunk and of an all-zero map page: 32 zero bytes, stands for "nothing stored". */
export const zeroId: Uint8Array = new Uint8Array(idBytes)

/** What a sealed record holds. Part of the authenticated data, so that one can never be passed off as the other. */
export const recordTypes = { data: 1, page: 2 } as const
export type RecordType = (typeof recordTypes)[keyof typeof recordTypes]

/** How the plaintext was shrunk before it was sealed. */
export const codecs = { raw: 0, zstd: 1 } as const
export type Codec = (typeof codecs)[keyof typeof codecs]

/** The keys that chunks need; all derived from the root key (FORMAT.md). */
export type ChunkKeys = {
  /** 16 bytes. */
  readonly repositoryId: Uint8Array
  readonly epoch: number
  /** K_data[epoch], 32 bytes. */
  readonly data: Uint8Array
  /** K_id, 32 bytes: ids of disk chunks. */
  readonly id: Uint8Array
  /** K_page, 32 bytes: ids of map pages, so that a guest's bytes can never collide with a page of ours. */
  readonly pageId: Uint8Array
}

/** Where one sealed record lies, all from an authenticated index. */
export type RecordPlace = {
  /** The pack's number in this process's table of packs (not stored). */
  readonly pack: number
  readonly ordinal: number
  /** Offset of the record's ciphertext in the pack, and its length without the tag that follows it. */
  readonly offset: number
  readonly storedBytes: number
  readonly rawBytes: number
  readonly type: RecordType
  readonly codec: Codec
}
