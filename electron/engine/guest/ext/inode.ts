import { Failure } from '../../../../shared/failure.ts'
import { KiB } from '../../../../shared/units.ts'
import { crc32c } from '../crc32c.ts'
import { incompatible } from './features.ts'
import { inodeTableOf } from './groups.ts'
import type { Superblock } from './superblock.ts'
import { damaged, type ExtVolume, readBytes } from './volume.ts'

export const flags = {
  compressed: 0x4,
  immutable: 0x10,
  appendOnly: 0x20,
  encrypted: 0x800,
  indexed: 0x1000,
  hugeFile: 0x40000,
  extents: 0x80000,
  inlineData: 0x10000000,
  caseFolded: 0x40000000,
} as const

/** `bytes` are the whole inode, its checksum checked. */
export type Inode = {
  readonly number: number
  readonly bytes: Buffer
  readonly mode: number
  readonly flags: number
  readonly sizeBytes: number
  /** Where checksums of what belongs to the inode begin. */
  readonly checksumSeed: number | undefined
}

/** The upper four bits of a mode. */
export const modeKinds = {
  pipe: 0x1000,
  charDevice: 0x2000,
  folder: 0x4000,
  blockDevice: 0x6000,
  file: 0x8000,
  link: 0xa000,
  socket: 0xc000,
} as const

export function isKind({ mode }: Inode, kind: keyof typeof modeKinds): boolean {
  return (mode & 0xf000) === modeKinds[kind]
}

export async function readInode(volume: ExtVolume, number: number, signal: AbortSignal): Promise<Inode> {
  const place = await placeOf(volume, number, signal)
  return inodeFrom(volume.superblock, number, await readBytes(volume, place, volume.superblock.inodeBytes, signal))
}

/** Of a folder's inodes many lie side by side: read at once what is this near. */
const spanBytes = 64 * KiB

/** Many inodes in few reads, each by its number with what reading it alone would have given or thrown. */
export async function readInodes(
  volume: ExtVolume,
  numbers: readonly number[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, Inode | Failure>> {
  const read = new Map<number, Inode | Failure>()
  const tables = new Map<number, number>()
  let span: { readonly start: number; readonly bytes: Buffer } = { start: 0, bytes: Buffer.alloc(0) }
  const sorted = [...new Set(numbers)].sort((a, b) => a - b)
  const placed: { readonly number: number; readonly place: number }[] = []
  for (const number of sorted) {
    const place = await foreseen(placeOf(volume, number, signal, tables))
    if (place instanceof Failure) read.set(number, place)
    else placed.push({ number, place })
  }
  const { inodeBytes } = volume.superblock
  for (const [index, { number, place }] of placed.entries()) {
    if (place < span.start || place + inodeBytes > span.start + span.bytes.length) {
      span = { start: place, bytes: await readSpan(volume, placed, index, signal) }
    }
    const bytes = span.bytes.subarray(place - span.start, place - span.start + inodeBytes)
    read.set(number, await foreseen(inodeOrAlone(volume, number, bytes, signal)))
  }
  return read
}

/** As far as inodes that are asked for follow each other closely; nothing where the disk ends before. */
async function readSpan(
  volume: ExtVolume,
  placed: readonly { readonly place: number }[],
  index: number,
  signal: AbortSignal,
): Promise<Buffer> {
  const start = placed[index]?.place ?? 0
  let end = start
  for (let next = index; next < placed.length; next++) {
    const place = placed[next]?.place ?? 0
    if (place < end - volume.superblock.inodeBytes || place - start > spanBytes || place - end > 8 * KiB) break
    end = place + volume.superblock.inodeBytes
  }
  const read = await foreseen(readBytes(volume, start, end - start, signal))
  return read instanceof Failure ? Buffer.alloc(0) : read
}

async function inodeOrAlone(volume: ExtVolume, number: number, bytes: Buffer, signal: AbortSignal): Promise<Inode> {
  const whole = bytes.length === volume.superblock.inodeBytes
  return whole ? inodeFrom(volume.superblock, number, bytes) : await readInode(volume, number, signal)
}

/** A failure that is one entry's, not the volume's or the way's to it. */
export async function foreseen<T>(work: Promise<T>): Promise<T | Failure> {
  try {
    return await work
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown
    if (['file-system-damaged', 'file-not-found', 'volume-unsupported'].includes(thrown.code)) return thrown
    throw thrown
  }
}

async function placeOf(
  volume: ExtVolume,
  number: number,
  signal: AbortSignal,
  tables: Map<number, number> = new Map(),
): Promise<number> {
  const { inodes, inodesPerGroup, inodeBytes, blockBytes } = volume.superblock
  if (number < 1 || number > inodes) throw damaged(`there is no inode ${number}`)
  const group = Math.floor((number - 1) / inodesPerGroup)
  const table = tables.get(group) ?? (await inodeTableOf(volume, group, signal))
  tables.set(group, table)
  return table * blockBytes + ((number - 1) % inodesPerGroup) * inodeBytes
}

function inodeFrom(superblock: Superblock, number: number, bytes: Buffer): Inode {
  const mode = bytes.readUInt16LE(0)
  const inUse = mode !== 0 && bytes.readUInt16LE(0x1a) !== 0
  if (!inUse && bytes.every((byte) => byte === 0)) throw new Failure('file-not-found', `inode ${number} is not in use`)
  const checksumSeed = seedOf(superblock, number, bytes)
  if (checksumSeed !== undefined) needChecksum(number, bytes, checksumSeed)
  if (!inUse) throw new Failure('file-not-found', `inode ${number} is not in use`)
  const inode = { number, bytes, mode, flags: bytes.readUInt32LE(0x20), checksumSeed }
  return { ...inode, sizeBytes: sizeOf(superblock, number, bytes) }
}

/** More than extents can map is no size; block maps reach less far still, and what they do not reach is a hole. */
function sizeOf({ features, blockBytes }: Superblock, number: number, bytes: Buffer): number {
  const kind = bytes.readUInt16LE(0) & 0xf000
  const large = kind === modeKinds.folder && (features.incompatible & incompatible.largeFolders) !== 0
  const high = kind === modeKinds.file || large ? bytes.readUInt32LE(0x6c) : 0
  const sizeBytes = bytes.readUInt32LE(4) + high * 2 ** 32
  if (sizeBytes > 2 ** 32 * blockBytes) throw damaged(`inode ${number} is larger than a file can be`)
  return sizeBytes
}

/** Bytes of the inode behind the first 128 that are in use. */
export function extraBytes(bytes: Buffer): number {
  if (bytes.length <= 128) return 0
  const extra = bytes.readUInt16LE(0x80)
  return extra <= bytes.length - 128 ? extra : 0
}

function seedOf({ checksumSeed }: Superblock, number: number, bytes: Buffer): number | undefined {
  if (checksumSeed === undefined) return undefined
  const text = Buffer.alloc(8)
  text.writeUInt32LE(number)
  bytes.copy(text, 4, 0x64, 0x68)
  return crc32c(checksumSeed, text)
}

/** The lower half of the sum lies in the first 128 bytes, the upper where there is room for it. */
function needChecksum(number: number, bytes: Buffer, seed: number): void {
  const blank = Buffer.from(bytes)
  const wide = extraBytes(bytes) >= 4
  const expected = bytes.readUInt16LE(0x7c) + (wide ? bytes.readUInt16LE(0x82) * 0x10000 : 0)
  blank.writeUInt16LE(0, 0x7c)
  if (wide) blank.writeUInt16LE(0, 0x82)
  const sum = crc32c(seed, blank)
  if ((wide ? sum : sum & 0xffff) !== expected) throw damaged(`inode ${number} has a wrong checksum`)
}
