import type { ChunkKeys, Codec, RecordType } from './chunk.ts'
import { Crew, Lane } from './crew.ts'
import { encodeRequests } from './errand.ts'
import { noPlants, type Plants } from './plant.ts'
import { PackSealer } from './sealer.ts'
import { transferable } from './transfer.ts'

/** A full pack, ready to be stored: every chunk in it has been opened, expanded and compared with its id (I6). */
export type FinishedPack = {
  /** SHA-256 of `bytes`, lower-case hex. */
  readonly name: string
  readonly bytes: Uint8Array<ArrayBuffer>
  /** 32 bytes, also in the pack's header. */
  readonly salt: Uint8Array
  /** One per record, in ordinal order. */
  readonly records: readonly {
    readonly id: Uint8Array
    readonly offset: number
    readonly storedBytes: number
    readonly rawBytes: number
    readonly type: RecordType
    readonly codec: Codec
  }[]
}

/**
 * Seals chunks into packs on the pool's threads. Chunks that the repository's table or an earlier batch of this sealer
 * already holds are not sealed again.
 */
export type Sealer = AsyncDisposable & {
  /**
   * `bytes` holds whole units of `unitBytes` back to back, the last may be shorter; its buffer is transferred away.
   * Answers one 32-byte id per unit, `zeroId` for units of zeroes only.
   * Waits while too many finished packs have not been taken by `onPack` yet (bounded memory).
   */
  seal(type: RecordType, unitBytes: number, bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<Uint8Array>
  /** Closes all open packs; resolves when every pack's `onPack` has resolved. Rejects with the first `onPack` failure. */
  flush(signal: AbortSignal): Promise<void>
}

export type OpenRequest = {
  readonly salt: Uint8Array
  readonly ordinal: number
  readonly id: Uint8Array
  readonly type: RecordType
  readonly codec: Codec
  readonly rawBytes: number
  /** Ciphertext and its 16-byte tag, inside the batch's `sealed` buffer. */
  readonly offset: number
  readonly storedBytes: number
}

export type ChunkPool = AsyncDisposable & {
  readonly threads: number
  /** `table` is the repository's index table (its SharedArrayBuffer may be replaced by a larger one while the sealer lives: it is asked each time). */
  sealer(options: {
    readonly keys: ChunkKeys
    readonly table: () => SharedArrayBuffer
    readonly packBytes: number
    readonly onPack: (pack: FinishedPack) => Promise<void>
  }): Sealer
  /**
   * Opens records that lie in `sealed` (transferred away) and answers their plaintexts back to back.
   * `rehash` also compares each with its id (data verify); without it the GCM tag proves a chunk bound to its id.
   * A record that does not open is answered in `damaged` by its index in `records` and leaves zeroes.
   */
  open(
    keys: ChunkKeys,
    sealed: Uint8Array<ArrayBuffer>,
    records: readonly OpenRequest[],
    rehash: boolean,
    signal: AbortSignal,
  ): Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly damaged: readonly number[] }>
  /** Ids of the units in `bytes` (transferred away), for comparing a disk with a point without fetching it. */
  identify(keys: ChunkKeys, unitBytes: number, bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<Uint8Array>
}

/**
 * A pool of that many compute threads, started when there is something to do. A thread that dies fails what it had with
 * `engine-died`, and so fails every sealer that had a pack open there; the next work gets a new thread.
 * The memory of a pack is filled again once its `onPack` has resolved: who wants its bytes for longer copies them.
 */
export function startPool(threads: number, plants: Plants = noPlants): ChunkPool {
  const crew = new Crew(threads, { plants })
  const opening = new Lane()
  const identifying = new Lane()
  return {
    threads,
    sealer: (options) => new PackSealer(crew, options),
    open(keys, sealed, records, rehash, signal) {
      const own = transferable(sealed)
      const errand = { kind: 'open', keys, sealed: own, requests: encodeRequests(records), rehash } as const
      return crew.submit(opening, () => errand, [own.buffer], signal)
    },
    async identify(keys, unitBytes, bytes, signal) {
      const errand = { kind: 'identify', keys, unitBytes, bytes: transferable(bytes) } as const
      const done = await crew.submit(identifying, () => errand, [errand.bytes.buffer], signal)
      return done.bytes
    },
    [Symbol.asyncDispose]: () => crew.stop(),
  }
}
