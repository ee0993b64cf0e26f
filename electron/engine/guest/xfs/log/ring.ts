import { KiB } from '../../../../../shared/units.ts'
import type { ReadableDisk } from '../../../disk/disk.ts'
import { readAt } from '../../bytes.ts'

/** Everything in the log is counted in these, whatever the sectors of the disk are. */
export const basicBytes = 512
export const recordMagic = 0xfeedbabe
/** Records are at most this long, and at most so many are on their way to the disk at once (`XLOG_MAX_RECORD_BSIZE`, `XLOG_MAX_ICLOGS`). */
export const mostRecordBlocks = (256 * KiB) / basicBytes
export const mostInFlight = 8

/** The log: blocks that are written round and round, each stamped with the round's number. */
export class LogRing {
  readonly blocks: number
  readonly #disk: ReadableDisk
  readonly #offset: number

  constructor(disk: ReadableDisk, log: { readonly offset: number; readonly sizeBytes: number }) {
    this.blocks = Math.floor(log.sizeBytes / basicBytes)
    this.#disk = disk
    this.#offset = log.offset
  }

  /** Where `block` is on the ring. */
  wrap(block: number): number {
    return ((block % this.blocks) + this.blocks) % this.blocks
  }

  /** `count` blocks from `block` on, past the end from the beginning. */
  async read(block: number, count: number, signal: AbortSignal): Promise<Buffer> {
    const start = this.wrap(block)
    const first = Math.min(count, this.blocks - start)
    const head = await readAt(this.#disk, this.#offset + start * basicBytes, first * basicBytes, signal)
    if (first === count) return head
    return Buffer.concat([head, await readAt(this.#disk, this.#offset, (count - first) * basicBytes, signal)])
  }

  /** The number of the round in which a block was written. */
  async round(block: number, signal: AbortSignal): Promise<number> {
    return roundOf(await this.read(block, 1, signal), 0)
  }
}

/** Of a record's first block the second word, of all others the first (`xlog_get_cycle`). */
export function roundOf(bytes: Buffer, at: number): number {
  const first = bytes.readUInt32BE(at)
  return first === recordMagic ? bytes.readUInt32BE(at + 4) : first
}
