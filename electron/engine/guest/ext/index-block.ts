import { crc32c } from '../crc32c.ts'
import type { Inode } from './inode.ts'
import { damaged } from './volume.ts'

/** A block of a folder's hash index; to who knows no index it looks like a block with nothing (more than the dots) in it. */
export type IndexBlock = {
  /** By their hash; the first covers all below the second. */
  readonly entries: readonly { readonly hash: number; readonly block: number }[]
}

/** Where count and limit stand: behind the dots and the root's own words, or behind the empty entry of a node. */
const rootAt = 32
const nodeAt = 8
const entryBytes = 8
const tailBytes = 8

/** Whether block `logical` of a folder that has an index is one of the index. */
export function isIndexBlock(logical: number, block: Buffer): boolean {
  if (logical === 0) return true
  const wholeLength = block.length === 0x10000 ? [0, 0xffff] : [block.length]
  return block.readUInt32LE(0) === 0 && wholeLength.includes(block.readUInt16LE(4)) && block.readUInt8(6) === 0
}

/** Fails with `file-system-damaged`, above all where the block has a checksum and it is wrong. */
export function parseIndexBlock(folder: Inode, logical: number, block: Buffer): IndexBlock {
  const at = logical === 0 ? rootAt : nodeAt
  const [limit, count] = [block.readUInt16LE(at), block.readUInt16LE(at + 2)]
  const room = block.length - at - (folder.checksumSeed === undefined ? 0 : tailBytes)
  if (count < 1 || count > limit || limit * entryBytes > room) {
    throw damaged(`folder ${folder.number} has a broken index in its block ${logical}`)
  }
  if (folder.checksumSeed !== undefined) needChecksum(folder, block, { at, limit, count })
  const entries = Array.from({ length: count }, (_, i) => ({
    hash: i === 0 ? 0 : block.readUInt32LE(at + i * entryBytes),
    block: block.readUInt32LE(at + i * entryBytes + 4) & 0x0fffffff,
  }))
  return { entries }
}

type Table = { readonly at: number; readonly limit: number; readonly count: number }

/** Of the block as far as it is in use, then of the tail behind the room for entries, its own sum as zeroes. */
function needChecksum(folder: Inode, block: Buffer, { at, limit, count }: Table): void {
  const tail = at + limit * entryBytes
  const used = crc32c(folder.checksumSeed ?? 0, block.subarray(0, at + count * entryBytes))
  const sum = crc32c(crc32c(used, block.subarray(tail, tail + 4)), new Uint8Array(4))
  if (sum !== block.readUInt32LE(tail + 4)) throw damaged(`folder ${folder.number} has an index with a wrong checksum`)
}
