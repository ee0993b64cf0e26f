import { MiB } from '../../../../../shared/units.ts'
import type { ReadableDisk } from '../../../disk/disk.ts'
import { type Extents, union } from '../../../disk/extents.ts'
import { readAt } from '../../bytes.ts'
import { damaged } from '../damage.ts'
import { basicBytes } from './ring.ts'

const mostBytes = 128 * MiB

/** A disk with some sectors that lie in memory only. Owns nothing of the disk below. */
export class Overlay {
  readonly disk: ReadableDisk
  readonly #below: ReadableDisk
  readonly #sectors = new Map<number, Buffer>()

  constructor(below: ReadableDisk) {
    this.#below = below
    this.disk = {
      sizeBytes: below.sizeBytes,
      read: (offset, into, signal) => this.#read(offset, into, signal),
      allocated: async (signal) => union([...(await below.allocated(signal)), ...this.ranges()]),
      async [Symbol.asyncDispose]() {},
    }
  }

  ranges(): Extents {
    return union([...this.#sectors.keys()].map((at) => ({ start: at * basicBytes, end: (at + 1) * basicBytes })))
  }

  touches(offset: number, lengthBytes: number): boolean {
    if (this.#sectors.size === 0) return false
    for (let at = Math.floor(offset / basicBytes); at * basicBytes < offset + lengthBytes; at++) {
      if (this.#sectors.has(at)) return true
    }
    return false
  }

  /** Fails with `file-system-damaged` beyond the end of the disk, and when it becomes too much to keep in memory. */
  async write(offset: number, bytes: Buffer, signal: AbortSignal): Promise<void> {
    const first = Math.floor(offset / basicBytes)
    const last = Math.ceil((offset + bytes.length) / basicBytes)
    const whole = await readAt(this.disk, first * basicBytes, (last - first) * basicBytes, signal)
    bytes.copy(whole, offset - first * basicBytes)
    for (let at = first; at < last; at++) {
      this.#sectors.set(at, whole.subarray((at - first) * basicBytes, (at - first + 1) * basicBytes))
    }
    if (this.#sectors.size * basicBytes > mostBytes) throw damaged('the log changes more than can be kept in memory')
  }

  async #read(offset: number, into: Uint8Array, signal: AbortSignal): Promise<void> {
    await this.#below.read(offset, into, signal)
    if (this.#sectors.size === 0) return
    for (let at = Math.floor(offset / basicBytes); at * basicBytes < offset + into.length; at++) {
      const sector = this.#sectors.get(at)
      if (sector === undefined) continue
      const from = Math.max(0, offset - at * basicBytes)
      const to = Math.min(basicBytes, offset + into.length - at * basicBytes)
      into.set(sector.subarray(from, to), at * basicBytes + from - offset)
    }
  }
}
