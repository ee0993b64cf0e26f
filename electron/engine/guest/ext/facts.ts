import type { FileKind } from '../../../../shared/files.ts'
import type { FileFacts, GuestTime } from '../guest.ts'
import { nameFromBytes } from '../names.ts'
import { contentOf, needPlain } from './content.ts'
import { incompatible, writeIncompatible } from './features.ts'
import { extraBytes, flags, type Inode, modeKinds } from './inode.ts'
import { damaged, type ExtVolume } from './volume.ts'

const kinds = new Map<number, FileKind>([
  [modeKinds.pipe, 'pipe'],
  [modeKinds.charDevice, 'char-device'],
  [modeKinds.folder, 'folder'],
  [modeKinds.blockDevice, 'block-device'],
  [modeKinds.file, 'file'],
  [modeKinds.link, 'link'],
  [modeKinds.socket, 'socket'],
])

const attributes = [
  [flags.compressed, 'compressed'],
  [flags.immutable, 'immutable'],
  [flags.appendOnly, 'append-only'],
  [flags.encrypted, 'encrypted'],
] as const

/** Where the whole seconds of a time lie, and where their continuation: two bits of seconds and thirty of nanoseconds. */
const times = {
  accessedAt: [0x8, 0x8c],
  changedAt: [0xc, 0x84],
  modifiedAt: [0x10, 0x88],
  createdAt: [0x90, 0x94],
} as const

/** A link whose target is encrypted has none. */
export async function factsOf(volume: ExtVolume, inode: Inode, signal: AbortSignal): Promise<FileFacts> {
  const { bytes, mode } = inode
  const kind = kinds.get(mode & 0xf000) ?? 'other'
  const held = attributes.filter(([bit]) => inode.flags & bit).map(([, name]) => name)
  const createdAt = timeIn(bytes, 'createdAt')
  const target = kind === 'link' && !(inode.flags & flags.encrypted) ? await targetOf(volume, inode, signal) : undefined
  return {
    kind,
    sizeBytes: inode.sizeBytes,
    allocatedBytes: allocatedBytes(volume, inode),
    modifiedAt: timeIn(bytes, 'modifiedAt') ?? 0n,
    changedAt: timeIn(bytes, 'changedAt') ?? 0n,
    accessedAt: timeIn(bytes, 'accessedAt') ?? 0n,
    ...(createdAt === undefined ? {} : { createdAt }),
    mode: mode & 0o7777,
    uid: bytes.readUInt16LE(0x2) + bytes.readUInt16LE(0x78) * 0x10000,
    gid: bytes.readUInt16LE(0x18) + bytes.readUInt16LE(0x7a) * 0x10000,
    links: bytes.readUInt16LE(0x1a),
    ...(target === undefined ? {} : { target }),
    ...(kind === 'char-device' || kind === 'block-device' ? { device: deviceOf(bytes) } : {}),
    ...(held.length > 0 ? { attributes: held } : {}),
  }
}

/** Seconds are signed; the two bits of the continuation add multiples of 2^32 to them. Absent where the inode is too short. */
function timeIn(bytes: Buffer, name: keyof typeof times): GuestTime | undefined {
  const [at, extraAt] = times[name]
  const room = 128 + extraBytes(bytes)
  if (at + 4 > room) return undefined
  const extra = extraAt + 4 <= room ? bytes.readUInt32LE(extraAt) : 0
  const seconds = BigInt(bytes.readInt32LE(at)) + BigInt(extra & 3) * 2n ** 32n
  return seconds * 1_000_000_000n + BigInt(extra >>> 2)
}

/** Sectors of 512 bytes, or whole blocks for a file that is huge. */
function allocatedBytes({ superblock }: ExtVolume, inode: Inode): number {
  const huge = (superblock.features.writeIncompatible & writeIncompatible.hugeFiles) !== 0
  const high = huge ? inode.bytes.readUInt16LE(0x74) : 0
  const units = inode.bytes.readUInt32LE(0x1c) + high * 2 ** 32
  return units * (huge && inode.flags & flags.hugeFile ? superblock.blockBytes : 512)
}

/** The old form of 16 bits where it is not 0, else the new of 32 beside it. */
function deviceOf(bytes: Buffer): { readonly major: number; readonly minor: number } {
  const old = bytes.readUInt32LE(0x28)
  if (old !== 0) return { major: (old >>> 8) & 0xff, minor: old & 0xff }
  const wide = bytes.readUInt32LE(0x2c)
  return { major: (wide >>> 8) & 0xfff, minor: (wide & 0xff) | ((wide >>> 12) & 0xfff00) }
}

async function targetOf(volume: ExtVolume, inode: Inode, signal: AbortSignal): Promise<string> {
  if (isFastLink(volume, inode)) return nameFromBytes(inode.bytes.subarray(0x28, 0x28 + inode.sizeBytes))
  needPlain(inode)
  if (inode.sizeBytes > volume.superblock.blockBytes) throw damaged(`the target of link ${inode.number} is too long`)
  await using disk = contentOf(volume, inode)
  const target = new Uint8Array(disk.sizeBytes)
  await disk.read(0, target, signal)
  return nameFromBytes(target)
}

/** A target in place of the block map: short, and no block is counted for it beside that of its attributes. */
function isFastLink({ superblock }: ExtVolume, { bytes, sizeBytes, flags: held }: Inode): boolean {
  if (sizeBytes >= 60 || held & (flags.extents | flags.inlineData)) return false
  if (superblock.features.incompatible & incompatible.attributeInodes) return true
  const attributeSectors = bytes.readUInt32LE(0x68) === 0 ? 0 : superblock.blockBytes / 512
  return bytes.readUInt32LE(0x1c) <= attributeSectors
}
