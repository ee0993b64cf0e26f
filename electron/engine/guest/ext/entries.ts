import { crc32c } from '../crc32c.ts'
import type { Inode } from './inode.ts'
import { damaged } from './volume.ts'

/** A name in a folder and the inode that it names. */
export type Entry = { readonly name: Buffer; readonly inode: number }

const headBytes = 8
export const tailBytes = 12
const tailKind = 0xde

/** The entries in `bytes`, which they fill up to the end, without `.` and `..` and what is not in use. */
export function entriesIn(folder: Inode, bytes: Buffer): readonly Entry[] {
  const entries: Entry[] = []
  for (let at = 0; at < bytes.length; ) {
    const { lengthBytes, nameLength, inode } = headAt(folder, bytes, at)
    const name = bytes.subarray(at + headBytes, at + headBytes + nameLength)
    if (inode !== 0 && nameLength > 0 && !isDots(name)) entries.push({ name, inode })
    at += lengthBytes
  }
  return entries
}

function headAt(folder: Inode, bytes: Buffer, at: number) {
  const left = bytes.length - at
  const lengthBytes = left >= headBytes ? recordLength(bytes.readUInt16LE(at + 4)) : 0
  const nameLength = lengthBytes >= headBytes ? bytes.readUInt8(at + 6) : 0
  if (lengthBytes < headBytes + nameLength || lengthBytes % 4 !== 0 || lengthBytes > left || lengthBytes < 12) {
    throw damaged(`folder ${folder.number} has a broken entry`)
  }
  return { lengthBytes, nameLength, inode: bytes.readUInt32LE(at) }
}

/** In blocks of 64 KiB lengths beyond 16 bits: 0 and 65535 are all of it, else the lowest two bits are the highest. */
function recordLength(told: number): number {
  if (told === 0 || told === 0xffff) return 0x10000
  return (told & 0xfffc) | ((told & 3) << 16)
}

function isDots(name: Buffer): boolean {
  return name[0] === 0x2e && (name.length === 1 || (name.length === 2 && name[1] === 0x2e))
}

/** A block of entries without its tail, the checksum in it checked. */
export function plainBlock(folder: Inode, block: Buffer): Buffer {
  if (folder.checksumSeed === undefined) return block
  const at = block.length - tailBytes
  const isTail = block.readUInt32LE(at) === 0 && block.readUInt16LE(at + 4) === tailBytes && block[at + 7] === tailKind
  if (!isTail || crc32c(folder.checksumSeed, block.subarray(0, at)) !== block.readUInt32LE(at + 8)) {
    throw damaged(`folder ${folder.number} has a block with a wrong checksum`)
  }
  return block.subarray(0, at)
}
