/**
 * The records of ext4 as the kernel documents them (Documentation/filesystems/ext4), little-endian throughout: no journal,
 * no checksums, 32-byte group descriptors, 256-byte inodes with extents, linear directories with file types.
 */
export const blockBytes = 4096
export const inodeBytes = 256
export const rootInode = 2
/** Lower ones are reserved. */
export const firstFreeInode = 11

const magic = 0xef53
const extentMagic = 0xf30a
const usesExtents = 0x80000
/** The longest target of a link that is kept in its inode. */
const shortTargetBytes = 59

const incompatible = { fileType: 0x2, extents: 0x40 }
const readOnlyCompatible = { sparseSuper: 0x1, largeFile: 0x2, extraInodeSize: 0x40 }

export const kinds = {
  file: { mode: 0o100000, directoryType: 1 },
  folder: { mode: 0o040000, directoryType: 2 },
  link: { mode: 0o120000, directoryType: 7 },
} as const

export type Counts = {
  readonly blocks: number
  readonly freeBlocks: number
  readonly inodes: number
  readonly freeInodes: number
  readonly folders: number
}

export type Volume = {
  readonly uuid: Uint8Array
  readonly label: string
  /** Seconds since 1970. */
  readonly madeAt: number
}

/** 1,024 bytes, to lie 1,024 bytes behind the volume's start. */
export function encodeSuperblock(counts: Counts, volume: Volume): Buffer {
  const record = Buffer.alloc(1024)
  const put32 = (offset: number, value: number) => record.writeUInt32LE(value >>> 0, offset)
  const put16 = (offset: number, value: number) => record.writeUInt16LE(value, offset)
  put32(0, counts.inodes)
  put32(4, counts.blocks)
  put32(12, counts.freeBlocks)
  put32(16, counts.freeInodes)
  put32(24, Math.log2(blockBytes) - 10)
  put32(28, Math.log2(blockBytes) - 10)
  put32(32, blockBytes * 8)
  put32(36, blockBytes * 8)
  put32(40, counts.inodes)
  put32(48, volume.madeAt)
  put16(54, 0xffff) // never check because of the number of mounts
  put16(56, magic)
  put16(58, 1) // cleanly unmounted
  put16(60, 1) // go on after errors
  put32(64, volume.madeAt)
  put32(76, 1) // dynamic revision: inode size and features count
  put32(84, firstFreeInode)
  put16(88, inodeBytes)
  put32(96, incompatible.fileType | incompatible.extents)
  put32(100, readOnlyCompatible.sparseSuper | readOnlyCompatible.largeFile | readOnlyCompatible.extraInodeSize)
  record.set(volume.uuid.subarray(0, 16), 104)
  record.write(volume.label.slice(0, 16), 120, 'latin1')
  put32(264, volume.madeAt)
  put16(348, extraBytes)
  put16(350, extraBytes)
  return record
}

export type Tables = { readonly blockBitmap: number; readonly inodeBitmap: number; readonly inodeTable: number }

/** Numbers of blocks. */
export function encodeGroup(tables: Tables, counts: Counts): Buffer {
  const record = Buffer.alloc(32)
  record.writeUInt32LE(tables.blockBitmap, 0)
  record.writeUInt32LE(tables.inodeBitmap, 4)
  record.writeUInt32LE(tables.inodeTable, 8)
  record.writeUInt16LE(counts.freeBlocks, 12)
  record.writeUInt16LE(counts.freeInodes, 14)
  record.writeUInt16LE(counts.folders, 16)
  return record
}

/** Bytes of an inode behind the first 128 that are in use. */
const extraBytes = 32

export type Inode = {
  readonly kind: keyof typeof kinds
  readonly mode: number
  readonly modifiedAt: number
  readonly sizeBytes: number
  readonly linkCount: number
  /** Of the one extent that holds the data; a link has none. */
  readonly firstBlock: number
  readonly blocks: number
  /** Where a link leads. */
  readonly target: string | undefined
}

export function encodeInode(inode: Inode): Buffer {
  const record = Buffer.alloc(inodeBytes)
  record.writeUInt16LE(kinds[inode.kind].mode | inode.mode, 0)
  record.writeUInt32LE(inode.sizeBytes, 4)
  for (const at of [8, 12, 16, 144]) record.writeInt32LE(inode.modifiedAt | 0, at)
  record.writeUInt16LE(inode.linkCount, 26)
  record.writeUInt32LE(inode.blocks * (blockBytes / 512), 28)
  if (inode.target === undefined) {
    record.writeUInt32LE(usesExtents, 32)
    encodeExtent(inode).copy(record, 40)
  } else {
    record.write(inode.target, 40)
  }
  record.writeUInt16LE(extraBytes, 128)
  // Two more bits of the seconds reach past 2038.
  for (const at of [132, 136, 140, 148]) record.writeUInt32LE(epoch(inode.modifiedAt), at)
  return record
}

function epoch(seconds: number): number {
  return Math.round((seconds - (seconds | 0)) / 2 ** 32) & 3
}

/** Header and at most one leaf, as they lie in the inode. */
function encodeExtent({ firstBlock, blocks }: Inode): Buffer {
  const record = Buffer.alloc(60)
  record.writeUInt16LE(extentMagic, 0)
  record.writeUInt16LE(blocks === 0 ? 0 : 1, 2)
  record.writeUInt16LE(4, 4)
  if (blocks > 0) {
    record.writeUInt16LE(blocks, 16)
    record.writeUInt32LE(firstBlock, 20)
  }
  return record
}

export function fitsInode(target: string): boolean {
  return Buffer.byteLength(target) <= shortTargetBytes
}

export type DirectoryEntry = { readonly inode: number; readonly kind: keyof typeof kinds; readonly name: string }

/** Whole blocks; no entry crosses from one to the next, and the last of a block reaches to its end. */
export function encodeDirectory(entries: readonly DirectoryEntry[]): Buffer {
  const blocks: DirectoryEntry[][] = [[]]
  let used = 0
  for (const entry of entries) {
    if (used + entryBytes(entry) > blockBytes) {
      blocks.push([])
      used = 0
    }
    blocks.at(-1)?.push(entry)
    used += entryBytes(entry)
  }
  return Buffer.concat(blocks.map(encodeDirectoryBlock))
}

function encodeDirectoryBlock(entries: readonly DirectoryEntry[]): Buffer {
  const block = Buffer.alloc(blockBytes)
  let at = 0
  for (const entry of entries) {
    const lengthBytes = entry === entries.at(-1) ? blockBytes - at : entryBytes(entry)
    block.writeUInt32LE(entry.inode, at)
    block.writeUInt16LE(lengthBytes, at + 4)
    block.writeUInt8(Buffer.byteLength(entry.name), at + 6)
    block.writeUInt8(kinds[entry.kind].directoryType, at + 7)
    block.write(entry.name, at + 8)
    at += lengthBytes
  }
  return block
}

function entryBytes({ name }: DirectoryEntry): number {
  return 8 + Math.ceil(Buffer.byteLength(name) / 4) * 4
}

/** One block of bits: the first `used`, and all past `total`, are set. */
export function encodeBitmap(used: number, total: number): Buffer {
  const block = Buffer.alloc(blockBytes)
  for (let bit = 0; bit < blockBytes * 8; bit++) {
    if (bit < used || bit >= total) block.writeUInt8(block.readUInt8(bit >> 3) | (1 << (bit & 7)), bit >> 3)
  }
  return block
}
