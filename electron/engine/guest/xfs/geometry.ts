import { damaged } from './damage.ts'

/** What a superblock says of where things lie, checked against itself. */
export type Geometry = {
  /** 5 has checksums and headers that say what a block is and whose. */
  readonly version: 4 | 5
  readonly blockBytes: number
  readonly sectorBytes: number
  readonly inodeBytes: number
  readonly inodesPerBlock: number
  /** Blocks of an allocation group; the last may be shorter. */
  readonly groupBlocks: number
  readonly groups: number
  readonly totalBlocks: number
  /** Numbers of blocks and inodes have this much room for the block inside its group; it is a power of two. */
  readonly groupStride: number
  readonly folderBlockBytes: number
  readonly rootInode: number
  /** Undefined where the log lies on a device of its own. */
  readonly log: { readonly offset: number; readonly sizeBytes: number } | undefined
  readonly namesHaveKinds: boolean
  readonly ignoresCase: boolean
  /** What the structures of version 5 carry; it stays when the visible one is changed. */
  readonly metaUuid: Buffer
}

/** Byte offset of a block by its number, which has the group in its upper bits; all of `blocks` lie in that group. */
export function blockOffset(geometry: Geometry, number: number, blocks: number): number {
  const offset = placeOfBlocks(geometry, number, blocks)
  if (offset === undefined) throw damaged(`there is no block ${number}+${blocks}`)
  return offset
}

/** Byte offset of an inode by its number: group, block and place in it, from the upper bits down. */
export function inodeOffset(geometry: Geometry, inode: number): number {
  const offset = placeOfInode(geometry, inode)
  if (offset === undefined) throw damaged(`there is no inode ${inode}`)
  return offset
}

/** The same; undefined where there can be none. */
export function placeOfInode(geometry: Geometry, inode: number): number | undefined {
  if (!(Number.isSafeInteger(inode) && inode > 0)) return undefined
  const block = Math.floor(inode / geometry.inodesPerBlock)
  const offset = placeOfBlocks(geometry, block, 1)
  return offset === undefined ? undefined : offset + (inode % geometry.inodesPerBlock) * geometry.inodeBytes
}

function placeOfBlocks(geometry: Geometry, number: number, blocks: number): number | undefined {
  const group = Math.floor(number / geometry.groupStride)
  const block = number % geometry.groupStride
  const inGroup = Math.min(geometry.groupBlocks, geometry.totalBlocks - group * geometry.groupBlocks)
  if (!(group < geometry.groups && block + blocks <= inGroup)) return undefined
  return (group * geometry.groupBlocks + block) * geometry.blockBytes
}
