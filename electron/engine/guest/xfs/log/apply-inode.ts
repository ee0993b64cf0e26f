import { readAt } from '../../bytes.ts'
import { damaged } from '../damage.ts'
import type { Geometry } from '../geometry.ts'
import type { InodeCreateItem, InodeItem } from './items.ts'
import type { Overlay } from './overlay.ts'
import { basicBytes } from './ring.ts'

const magic = 0x494e
const local = 0x2
const extents = 0x4
const treeRoot = 0x8
const device = 0x10

/** Fields of two, four and eight bytes: logged in the byte order of the machine, big-endian on the disk. */
const twos = [0, 2, 20, 22, 80, 88, 90]
const fours = [8, 12, 16, 72, 76, 84, 92]
const eights = [56, 64]
const timesAt = [32, 40, 48]

/**
 * Puts a logged inode (`struct xfs_log_dinode` and its data fork) in its place, unless what lies there is newer. Extended attributes are
 * left as they are: nobody reads them.
 */
export async function applyInode(
  overlay: Overlay,
  geometry: Geometry,
  item: InodeItem,
  lsn: bigint,
  signal: AbortSignal,
): Promise<void> {
  const { core } = item
  const offset = item.place * basicBytes + item.offset
  const bytes = await readAt(overlay.disk, offset, geometry.inodeBytes, signal)
  const coreBytes = core.length < 5 || core.readUInt8(4) < 3 ? 100 : 176
  if (bytes.readUInt16BE(0) !== magic || core.length < coreBytes || core.readUInt16LE(0) !== magic) {
    throw damaged(`the log has inode ${item.inode} where there is none`)
  }
  if (isNewer(bytes, core, lsn)) return
  swapCore(core, bytes)
  if (coreBytes === 176) {
    swapLateCore(core, bytes)
    bytes.writeBigUInt64BE(lsn, 112)
  }
  applyFork(geometry, item, bytes, coreBytes)
  await overlay.write(offset, bytes, signal)
}

function isNewer(bytes: Buffer, core: Buffer, lsn: bigint): boolean {
  if (bytes.readUInt8(4) >= 3) {
    const held = bytes.readBigUInt64BE(112)
    return held !== 0xffff_ffff_ffff_ffffn && held > lsn
  }
  // Versions 1 and 2 count how often they were written instead, and begin again at 65,535.
  const held = bytes.readUInt16BE(30)
  const logged = core.readUInt16LE(30)
  return logged < held && !(held === 0xffff && logged < 0x7fff)
}

function swapCore(core: Buffer, bytes: Buffer): void {
  for (const at of twos) bytes.writeUInt16BE(core.readUInt16LE(at), at)
  for (const at of fours) bytes.writeUInt32BE(core.readUInt32LE(at), at)
  for (const at of eights) bytes.writeBigUInt64BE(core.readBigUInt64LE(at), at)
  for (const at of [4, 5, 82, 83]) bytes.writeUInt8(core.readUInt8(at), at)
  bytes.writeUInt16BE(0, 6)
  const isThree = core.readUInt8(4) >= 3
  // A count of mappings in 64 bits stands where the number of writes was, and 32 bits of the attributes' where the other count was.
  if (isThree) bytes.writeBigUInt64BE(core.readBigUInt64LE(24), 24)
  else bytes.writeUInt16BE(0, 30)
  for (const at of timesAt) swapTime(core, bytes, at, isThree && hasBigTimes(core))
}

function swapLateCore(core: Buffer, bytes: Buffer): void {
  for (const at of [104, 120, 152]) bytes.writeBigUInt64BE(core.readBigUInt64LE(at), at)
  bytes.writeUInt32BE(core.readUInt32LE(128), 128)
  swapTime(core, bytes, 144, hasBigTimes(core))
  core.copy(bytes, 160, 160, 176)
}

function hasBigTimes(core: Buffer): boolean {
  return (core.readUInt32LE(120) & 0x8) !== 0
}

/** Nanoseconds in one number, or seconds and nanoseconds in two. */
function swapTime(core: Buffer, bytes: Buffer, at: number, big: boolean): void {
  if (big) {
    bytes.writeBigUInt64BE(core.readBigUInt64LE(at), at)
    return
  }
  bytes.writeUInt32BE(core.readUInt32LE(at), at)
  bytes.writeUInt32BE(core.readUInt32LE(at + 4), at + 4)
}

function applyFork(geometry: Geometry, item: InodeItem, bytes: Buffer, coreBytes: number): void {
  const attributesAt = bytes.readUInt8(82) * 8
  const fork = bytes.subarray(coreBytes, attributesAt === 0 ? bytes.length : coreBytes + attributesAt)
  if ((item.fields & device) !== 0) fork.writeUInt32BE(item.device, 0)
  if ((item.fields & (local | extents | treeRoot)) === 0) return
  if (item.fork === undefined) throw damaged(`the log has inode ${item.inode} without its content`)
  if ((item.fields & treeRoot) !== 0) {
    applyTreeRoot(geometry, item.fork, fork)
    return
  }
  if (item.fork.length > fork.length) throw damaged(`the log has too much content of inode ${item.inode}`)
  item.fork.copy(fork)
}

/** In memory the root of a tree is a block like all others; in the inode it is packed. */
function applyTreeRoot(geometry: Geometry, root: Buffer, fork: Buffer): void {
  const at = geometry.version === 5 ? 72 : 24
  const room = Math.floor((root.length - at) / 16)
  const packed = Math.floor((fork.length - 4) / 16)
  const count = root.length < at ? 0 : root.readUInt16BE(6)
  if (count === 0 || count > room || count > packed) throw damaged('the log has a tree without branches')
  root.copy(fork, 0, 4, 8)
  root.copy(fork, 4, at, at + count * 8)
  root.copy(fork, 4 + packed * 8, at + room * 8, at + room * 8 + count * 8)
}

/** New inodes that are not in use yet. What follows in the log puts something in them. */
export async function applyInodeCreate(
  overlay: Overlay,
  geometry: Geometry,
  item: InodeCreateItem,
  signal: AbortSignal,
): Promise<void> {
  const { blockBytes, inodeBytes, inodesPerBlock } = geometry
  const fits = item.blocks > 0 && item.count === item.blocks * inodesPerBlock && item.count <= 4096
  if (!fits || item.inodeBytes !== inodeBytes) throw damaged('the log has a chunk of inodes of wrong size')
  const bytes = Buffer.alloc(item.blocks * blockBytes)
  const first = (item.group * geometry.groupStride + item.block) * inodesPerBlock
  for (let i = 0; i < item.count; i++) {
    const at = i * inodeBytes
    bytes.writeUInt16BE(magic, at)
    bytes.writeUInt8(geometry.version === 5 ? 3 : 2, at + 4)
    bytes.writeUInt32BE(item.generation, at + 92)
    bytes.writeUInt32BE(0xffffffff, at + 96)
    if (geometry.version === 4) continue
    bytes.writeBigUInt64BE(BigInt(first + i), at + 152)
    geometry.metaUuid.copy(bytes, at + 160)
  }
  await overlay.write((item.group * geometry.groupBlocks + item.block) * blockBytes, bytes, signal)
}
