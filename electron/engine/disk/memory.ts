import { KiB } from '../../../shared/units.ts'
import type { WritableDisk } from './disk.ts'
import { type Extents, union } from './extents.ts'
import { needOnDisk } from './range.ts'

const pageBytes = 64 * KiB

export type DiskAccess = {
  readonly kind: 'read' | 'allocated' | 'write' | 'zero' | 'flush'
  readonly offset: number
  readonly lengthBytes: number
}

/** Awaited before every access; it may wait, or throw what the access is to fail with. */
export type BeforeAccess = (access: DiskAccess, signal: AbortSignal) => Promise<void> | void

/** A sparse disk in memory. Only pages that were written take space. */
export function memoryDisk(sizeBytes: number, before: BeforeAccess = () => {}): WritableDisk {
  const pages = new Map<number, Uint8Array>()
  const start = async (access: DiskAccess, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted()
    needOnDisk(sizeBytes, access.offset, access.lengthBytes)
    await before(access, signal)
  }
  return {
    sizeBytes,
    async read(offset, into, signal) {
      await start({ kind: 'read', offset, lengthBytes: into.length }, signal)
      readPages(pages, offset, into)
    },
    async allocated(signal) {
      await start({ kind: 'allocated', offset: 0, lengthBytes: sizeBytes }, signal)
      return pageExtents(pages, sizeBytes)
    },
    async write(offset, bytes, signal) {
      await start({ kind: 'write', offset, lengthBytes: bytes.length }, signal)
      writePages(pages, offset, bytes)
    },
    async zero(offset, lengthBytes, signal) {
      await start({ kind: 'zero', offset, lengthBytes }, signal)
      zeroPages(pages, offset, lengthBytes)
    },
    async flush(signal) {
      await start({ kind: 'flush', offset: 0, lengthBytes: 0 }, signal)
    },
    async [Symbol.asyncDispose]() {},
  }
}

type Pages = Map<number, Uint8Array>

function readPages(pages: Pages, offset: number, into: Uint8Array): void {
  for (const { page, from, to, at } of pieces(offset, into.length)) {
    const held = pages.get(page)
    if (held === undefined) into.fill(0, at, at + to - from)
    else into.set(held.subarray(from, to), at)
  }
}

function writePages(pages: Pages, offset: number, bytes: Uint8Array): void {
  for (const { page, from, to, at } of pieces(offset, bytes.length)) {
    const held = pages.get(page) ?? new Uint8Array(pageBytes)
    held.set(bytes.subarray(at, at + to - from), from)
    pages.set(page, held)
  }
}

function zeroPages(pages: Pages, offset: number, lengthBytes: number): void {
  for (const { page, from, to } of pieces(offset, lengthBytes)) {
    if (to - from === pageBytes) pages.delete(page)
    else pages.get(page)?.fill(0, from, to)
  }
}

function pageExtents(pages: Pages, sizeBytes: number): Extents {
  return union([...pages.keys()].map((page) => pageExtent(page, sizeBytes)))
}

function pageExtent(page: number, sizeBytes: number): Extents[number] {
  return { start: page * pageBytes, end: Math.min((page + 1) * pageBytes, sizeBytes) }
}

type Piece = { readonly page: number; readonly from: number; readonly to: number; readonly at: number }

/** Cuts a range at page borders: `from` and `to` count inside the page, `at` inside the range. */
function* pieces(offset: number, lengthBytes: number): Generator<Piece> {
  for (let at = 0; at < lengthBytes; ) {
    const page = Math.floor((offset + at) / pageBytes)
    const from = offset + at - page * pageBytes
    const to = Math.min(pageBytes, from + lengthBytes - at)
    yield { page, from, to, at }
    at += to - from
  }
}
