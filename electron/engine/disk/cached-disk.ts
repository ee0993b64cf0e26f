import { KiB, MiB } from '../../../shared/units.ts'
import { orAborted } from '../base/or-aborted.ts'
import type { ReadableDisk } from './disk.ts'
import type { Extents } from './extents.ts'
import { needOnDisk } from './range.ts'

const blockBytes = 64 * KiB
/** Reads of more than this are the content of big files: they go past the cache and push nothing out of it. */
const directBytes = 256 * KiB

/**
 * A disk that never changes, with the blocks read last kept, at most `limitBytes` of them; it owns `disk`. Callers that want
 * the same block at once share one reading, and one that gives up ends nobody else's. A reading that failed is not kept.
 */
export function cachedDisk(disk: ReadableDisk, limitBytes = 16 * MiB): ReadableDisk {
  return new CachedDisk(disk, Math.max(8, Math.floor(limitBytes / blockBytes)))
}

class CachedDisk implements ReadableDisk {
  readonly sizeBytes: number
  readonly #disk: ReadableDisk
  readonly #limit: number
  readonly #kept = new Map<number, Uint8Array>()
  readonly #underWay = new Map<number, Promise<Uint8Array>>()
  readonly #closed = new AbortController()

  constructor(disk: ReadableDisk, limit: number) {
    this.#disk = disk
    this.#limit = limit
    this.sizeBytes = disk.sizeBytes
  }

  async read(offset: number, into: Uint8Array, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    needOnDisk(this.sizeBytes, offset, into.length)
    if (into.length > directBytes) return await this.#disk.read(offset, into, signal)
    const end = offset + into.length
    const wanted: Promise<void>[] = []
    for (let block = Math.floor(offset / blockBytes); block * blockBytes < end; block++) {
      const held = this.#take(block)
      if (held !== undefined) copy(block, held, offset, into)
      else wanted.push(this.#load(block).then((bytes) => copy(block, bytes, offset, into)))
    }
    if (wanted.length > 0) await orAborted(Promise.all(wanted), signal)
  }

  allocated(signal: AbortSignal): Promise<Extents> {
    return this.#disk.allocated(signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort()
    this.#kept.clear()
    await this.#disk[Symbol.asyncDispose]()
  }

  #take(block: number): Uint8Array | undefined {
    const held = this.#kept.get(block)
    if (held === undefined) return undefined
    this.#kept.delete(block)
    this.#kept.set(block, held)
    return held
  }

  #load(block: number): Promise<Uint8Array> {
    const underWay = this.#underWay.get(block)
    if (underWay !== undefined) return underWay
    const loading = this.#fetch(block).finally(() => this.#underWay.delete(block))
    this.#underWay.set(block, loading)
    return loading
  }

  async #fetch(block: number): Promise<Uint8Array> {
    const start = block * blockBytes
    const bytes = new Uint8Array(Math.min(blockBytes, this.sizeBytes - start))
    await this.#disk.read(start, bytes, this.#closed.signal)
    this.#keep(block, bytes)
    return bytes
  }

  #keep(block: number, bytes: Uint8Array): void {
    if (this.#closed.signal.aborted) return
    this.#kept.set(block, bytes)
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#limit) return
      this.#kept.delete(oldest)
    }
  }
}

function copy(block: number, bytes: Uint8Array, offset: number, into: Uint8Array): void {
  const start = block * blockBytes
  const from = Math.max(offset, start)
  const to = Math.min(offset + into.length, start + bytes.length)
  into.set(bytes.subarray(from - start, to - start), from - offset)
}
