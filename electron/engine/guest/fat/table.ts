import { Failure } from '../../../../shared/failure.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import { readAt } from '../bytes.ts'

export type TablePlace = {
  readonly disk: ReadableDisk
  readonly at: number
  /** How wide an entry is; exFAT uses all 32 bits, FAT32 the lower 28. */
  readonly width: 12 | 16 | 28 | 32
  /** Data clusters, numbered from 2 on. */
  readonly clusters: number
}

const pageBytes = 12 * 1024

/** An allocation table with the page looked at last, for following one chain. */
export class TableWindow {
  readonly #place: TablePlace
  #page: Buffer = Buffer.alloc(0)
  #pageAt = 0

  constructor(place: TablePlace) {
    this.#place = place
  }

  /** The number after this one, undefined at the chain's end. A chain that leads to what is no cluster has `file-system-damaged`. */
  async next(cluster: number, signal: AbortSignal): Promise<number | undefined> {
    const { clusters, width } = this.#place
    const place = width === 12 ? cluster + (cluster >> 1) : cluster * (width === 16 ? 2 : 4)
    if (place < this.#pageAt || place + 4 > this.#pageAt + this.#page.length) await this.#load(place, signal)
    const value = entryIn(this.#page, place - this.#pageAt, width, cluster)
    // The highest eight values end a chain, the one below marks a bad cluster.
    if (value >= 2 ** width - 8) return undefined
    if (value >= 2 && value < clusters + 2) return value
    throw new Failure('file-system-damaged', `Cluster ${cluster} is followed by ${value}, which is none`)
  }

  async #load(place: number, signal: AbortSignal): Promise<void> {
    const { disk, at, clusters, width } = this.#place
    // A FAT12 entry is read with the bytes around it, and a page boundary is one of entries of every width.
    this.#pageAt = Math.floor(place / pageBytes) * pageBytes
    const tableBytes = Math.ceil(((clusters + 2) * (width === 28 ? 32 : width)) / 8) + 4
    const lengthBytes = Math.min(pageBytes + 4, tableBytes - this.#pageAt)
    this.#page = await readAt(
      disk,
      at + this.#pageAt,
      Math.min(lengthBytes, disk.sizeBytes - at - this.#pageAt),
      signal,
    )
  }
}

function entryIn(page: Buffer, at: number, width: TablePlace['width'], cluster: number): number {
  if (at + (width <= 16 ? 2 : 4) > page.length)
    throw new Failure('file-system-damaged', 'The allocation table is cut off')
  if (width === 16) return page.readUInt16LE(at)
  if (width === 32) return page.readUInt32LE(at)
  if (width === 28) return page.readUInt32LE(at) & 0x0fffffff
  const pair = page.readUInt16LE(at)
  return cluster % 2 === 0 ? pair & 0xfff : pair >> 4
}
