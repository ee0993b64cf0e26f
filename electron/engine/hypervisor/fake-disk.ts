import { KiB } from '../../../shared/units.ts'
import type { ReadableDisk, WritableDisk } from '../disk/disk.ts'
import type { Extent, Extents } from '../disk/extents.ts'

/** Grain of the fake's bitmaps and of its memory. */
export const grainBytes = 64 * KiB

type Pages = ReadonlyMap<number, Uint8Array>

/** What a disk held at a moment. */
export type DiskCopy = { readonly name: string; readonly sizeBytes: number; readonly pages: Pages }

/** Awaited before every read or write of a disk; it may wait, or throw what the disk is to fail with. */
export type BeforeAccess = (offset: number, lengthBytes: number, signal: AbortSignal) => Promise<void>

/**
 * A disk in memory as its guest sees it. Its bitmaps follow every write, whoever makes it. Pages are never changed in
 * place, so that a copy of the page table is a disk that stands still while the guest writes on.
 */
export class FakeDisk {
  readonly name: string
  readonly format: string
  #sizeBytes: number
  #pages = new Map<number, Uint8Array>()
  readonly #bitmaps = new Map<string, Set<number>>()

  constructor(name: string, format: string, sizeBytes: number) {
    this.name = name
    this.format = format
    this.#sizeBytes = sizeBytes
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  read(offset: number, lengthBytes: number): Uint8Array {
    this.#checkRange(offset, lengthBytes)
    const into = new Uint8Array(lengthBytes)
    readPages(this.#pages, offset, into)
    return into
  }

  write(offset: number, bytes: Uint8Array): void {
    this.#checkRange(offset, bytes.length)
    for (const { grain, from, to, at } of pieces(offset, bytes.length)) {
      const page = this.#copyOf(grain)
      page.set(bytes.subarray(at, at + to - from), from)
      this.#pages.set(grain, page)
      this.#touch(grain)
    }
  }

  zero(offset: number, lengthBytes: number): void {
    this.#checkRange(offset, lengthBytes)
    for (const { grain, from, to } of pieces(offset, lengthBytes)) {
      const page = this.#copyOf(grain).fill(0, from, to)
      if (page.some((byte) => byte !== 0)) this.#pages.set(grain, page)
      else this.#pages.delete(grain)
      this.#touch(grain)
    }
  }

  /** What is added reads as zeroes and is dirty in every bitmap; what is cut off is gone. */
  resize(sizeBytes: number): void {
    const oldBytes = this.#sizeBytes
    this.#sizeBytes = Math.max(oldBytes, sizeBytes)
    this.zero(Math.min(oldBytes, sizeBytes), Math.abs(sizeBytes - oldBytes))
    this.#sizeBytes = sizeBytes
  }

  startBitmap(name: string): void {
    this.#bitmaps.set(name, new Set())
  }

  dropBitmap(name: string): void {
    this.#bitmaps.delete(name)
  }

  /** What an unclean end of QEMU does: every bitmap is gone, nobody is told. */
  loseBitmaps(): void {
    this.#bitmaps.clear()
  }

  /** Ranges written since the bitmap was started; undefined when it is lost. */
  changedSince(bitmap: string): Extents | undefined {
    const grains = this.#bitmaps.get(bitmap)
    return grains && grainExtents([...grains], this.#sizeBytes)
  }

  /** The content of this moment, for a snapshot; goes on for as long as somebody holds it. */
  copy(): DiskCopy {
    return { name: this.name, sizeBytes: this.#sizeBytes, pages: new Map(this.#pages) }
  }

  /** Back to an earlier content. Bitmaps know nothing of it, as on a real host. */
  goBack(copy: DiskCopy): void {
    this.#sizeBytes = copy.sizeBytes
    this.#pages = new Map(copy.pages)
  }

  standStill(before: BeforeAccess): ReadableDisk {
    return view(this.#sizeBytes, new Map(this.#pages), before)
  }

  /** The disk itself, for a restore to write to. */
  live(beforeRead: BeforeAccess, beforeWrite: BeforeAccess): WritableDisk {
    return {
      ...view(this.#sizeBytes, this.#pages, beforeRead),
      write: async (offset, bytes, signal) => {
        await beforeWrite(offset, bytes.length, signal)
        this.write(offset, bytes)
      },
      zero: async (offset, lengthBytes, signal) => {
        await beforeWrite(offset, lengthBytes, signal)
        this.zero(offset, lengthBytes)
      },
      flush: (signal) => beforeWrite(0, 0, signal),
    }
  }

  #copyOf(grain: number): Uint8Array {
    return this.#pages.get(grain)?.slice() ?? new Uint8Array(grainBytes)
  }

  #touch(grain: number): void {
    for (const bitmap of this.#bitmaps.values()) bitmap.add(grain)
  }

  #checkRange(offset: number, lengthBytes: number): void {
    if (offset < 0 || lengthBytes < 0 || offset + lengthBytes > this.#sizeBytes) {
      throw new RangeError(`${lengthBytes} bytes at ${offset} do not lie on ${this.name} of ${this.#sizeBytes} bytes`)
    }
  }
}

function view(sizeBytes: number, pages: Pages, before: BeforeAccess): ReadableDisk {
  return {
    sizeBytes,
    async read(offset, into, signal) {
      await before(offset, into.length, signal)
      if (offset < 0 || offset + into.length > sizeBytes) throw new RangeError(`read past the end: ${offset}`)
      readPages(pages, offset, into)
    },
    async allocated(signal) {
      await before(0, 0, signal)
      return grainExtents([...pages.keys()], sizeBytes)
    },
    async [Symbol.asyncDispose]() {},
  }
}

function readPages(pages: Pages, offset: number, into: Uint8Array): void {
  for (const { grain, from, to, at } of pieces(offset, into.length)) {
    const page = pages.get(grain)
    if (page === undefined) into.fill(0, at, at + to - from)
    else into.set(page.subarray(from, to), at)
  }
}

type Piece = { readonly grain: number; readonly from: number; readonly to: number; readonly at: number }

/** Cuts a range at grain borders: `from` and `to` count inside the grain, `at` inside the range. */
function* pieces(offset: number, lengthBytes: number): Generator<Piece> {
  for (let at = 0; at < lengthBytes; ) {
    const grain = Math.floor((offset + at) / grainBytes)
    const from = offset + at - grain * grainBytes
    const to = Math.min(grainBytes, from + lengthBytes - at)
    yield { grain, from, to, at }
    at += to - from
  }
}

function grainExtents(grains: readonly number[], sizeBytes: number): Extents {
  const extents: Extent[] = []
  for (const grain of grains.toSorted((a, b) => a - b)) {
    const start = grain * grainBytes
    const end = Math.min(start + grainBytes, sizeBytes)
    const last = extents.at(-1)
    if (start >= sizeBytes) break
    if (last?.end === start) extents[extents.length - 1] = { start: last.start, end }
    else extents.push({ start, end })
  }
  return extents
}
