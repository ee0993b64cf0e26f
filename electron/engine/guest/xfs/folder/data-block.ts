import { damaged, u64 } from '../damage.ts'
import type { Inode } from '../inode.ts'
import { needStamp, type Stamp, type XfsVolume } from '../volume.ts'
import { readFolderBlock } from './folder-block.ts'
import type { NamedInode } from './name.ts'

const stamp: Stamp = { checksumAt: 4, uuidAt: 24, ownerAt: 40, placeAt: 8 }
const free = 0xffff

/** A block of names; from `start` to `end` are entries and the room between them. */
export type DataBlock = {
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
  readonly namesHaveKinds: boolean
}

/** Undefined for a hole: the folder has none at this place any more. */
export async function readDataBlock(
  volume: XfsVolume,
  inode: Inode,
  number: number,
  signal: AbortSignal,
): Promise<DataBlock | undefined> {
  const block = await readFolderBlock(volume, inode, number, signal)
  if (block === undefined) return undefined
  const { version, namesHaveKinds } = volume.geometry
  const { bytes } = block
  const what = `block ${number} of folder ${inode.number}`
  const magic = bytes.toString('latin1', 0, 4)
  // A folder of one block has its index at the end of it.
  const alone = magic === (version === 5 ? 'XDB3' : 'XD2B') && number === 0
  if (!alone && magic !== (version === 5 ? 'XDD3' : 'XD2D')) throw damaged(`${what} is none of a folder`)
  needStamp(volume, block, stamp, inode.number, what)
  const start = version === 5 ? 64 : 16
  const end = alone ? bytes.length - 8 - bytes.readUInt32BE(bytes.length - 8) * 8 : bytes.length
  if (end < start) throw damaged(`the index of ${what} is larger than the block`)
  return { bytes, start, end, namesHaveKinds }
}

export function* entriesOf(block: DataBlock): Generator<NamedInode> {
  const { bytes } = block
  for (let at = block.start; at < block.end; ) {
    if (at + 8 > block.end) throw damaged('a block of a folder ends in an entry')
    const isFree = bytes.readUInt16BE(at) === free
    const lengthBytes = isFree ? bytes.readUInt16BE(at + 2) : entryBytes(block, at)
    if (lengthBytes < 8 || lengthBytes % 8 !== 0 || at + lengthBytes > block.end) {
      throw damaged('a block of a folder has an entry that does not fit')
    }
    if (!isFree) yield entryAt(block, at)
    at += lengthBytes
  }
}

/** Every entry ends with its own offset, and begins at a multiple of eight. */
export function entryAt(block: DataBlock, at: number): NamedInode {
  const { bytes } = block
  const lengthBytes = at >= block.start && at % 8 === 0 && at + 16 <= block.end ? entryBytes(block, at) : 0
  if (lengthBytes === 0 || at + lengthBytes > block.end || bytes.readUInt16BE(at + lengthBytes - 2) !== at) {
    throw damaged('a folder has no entry where its index says')
  }
  const nameBytes = bytes.readUInt8(at + 8)
  if (nameBytes === 0) throw damaged('an entry of a folder has no name')
  return { name: bytes.subarray(at + 9, at + 9 + nameBytes), inode: u64(bytes, at) }
}

function entryBytes({ bytes, namesHaveKinds }: DataBlock, at: number): number {
  return Math.ceil((9 + (bytes[at + 8] ?? 0) + (namesHaveKinds ? 1 : 0) + 2) / 8) * 8
}
