import { Failure } from '../../../shared/failure.ts'
import type { ReadableDisk } from '../disk/disk.ts'

/** `lengthBytes` at `offset`, which a structure on the disk named: beyond its end is damage of that structure. */
export async function readAt(
  disk: ReadableDisk,
  offset: number,
  lengthBytes: number,
  signal: AbortSignal,
): Promise<Buffer> {
  if (!Number.isSafeInteger(offset) || offset < 0 || offset + lengthBytes > disk.sizeBytes) {
    throw new Failure('file-system-damaged', `${lengthBytes} bytes at ${offset} lie behind the end of the volume`)
  }
  const bytes = Buffer.alloc(lengthBytes)
  await disk.read(offset, bytes, signal)
  return bytes
}

/** As many bytes as there are before the end of the disk; the rest are zeroes. For looking where something may not be. */
export async function glance(
  disk: ReadableDisk,
  offset: number,
  lengthBytes: number,
  signal: AbortSignal,
): Promise<Buffer> {
  const bytes = Buffer.alloc(lengthBytes)
  const there = Math.min(lengthBytes, disk.sizeBytes - offset)
  if (offset >= 0 && there > 0) await disk.read(offset, bytes.subarray(0, there), signal)
  return bytes
}

/** Undefined for what no disk is long enough for. */
export function safe64(bytes: Buffer, at: number): number | undefined {
  const value = bytes.readBigUInt64LE(at)
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? undefined : Number(value)
}

/** RFC 9562's text of 16 bytes in the order they stand; undefined where all are zero. */
export function uuidText(bytes: Uint8Array): string | undefined {
  if (bytes.every((byte) => byte === 0)) return undefined
  const hex = Buffer.from(bytes).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}

/** The same of the mixed order of GUIDs, whose first three fields are little-endian. */
export function guidText(bytes: Uint8Array): string | undefined {
  const swapped = Buffer.from(bytes)
  swapped.subarray(0, 4).reverse()
  swapped.subarray(4, 6).reverse()
  swapped.subarray(6, 8).reverse()
  return uuidText(swapped)
}

/** Text up to the first NUL; undefined where that is nothing. */
export function textOf(bytes: Uint8Array, encoding: 'utf8' | 'latin1' | 'utf16le'): string | undefined {
  const text = Buffer.from(bytes).toString(encoding)
  const end = text.indexOf('\0')
  const told = (end < 0 ? text : text.slice(0, end)).trimEnd()
  return told === '' ? undefined : told
}
