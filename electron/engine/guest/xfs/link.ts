import { readAt } from '../bytes.ts'
import { nameFromBytes } from '../names.ts'
import { damaged } from './damage.ts'
import type { Inode } from './inode.ts'
import { type Mapping, mappingsOf } from './mapping.ts'
import { needStamp, type Stamp, type XfsVolume } from './volume.ts'

/** `XFS_SYMLINK_MAXLEN`. */
const longestTarget = 1024
const headerBytes = 56
/** The longest target with its headers, in blocks of 1,024 bytes; in blocks of 512 there are none. */
const mostBlocks = 2
const stamp: Stamp = { checksumAt: 12, uuidAt: 16, ownerAt: 32, placeAt: 40 }

/** Where a symbolic link points: in the inode, or in blocks that in version 5 have a header per mapping. */
export async function linkTarget(volume: XfsVolume, inode: Inode, signal: AbortSignal): Promise<string> {
  if (inode.sizeBytes > longestTarget) throw damaged(`the target of link ${inode.number} is too long`)
  if (inode.form === 'local') return nameFromBytes(inode.fork.subarray(0, inode.sizeBytes))
  const pieces: Buffer[] = []
  let left = inode.sizeBytes
  for await (const mapping of mappingsOf(volume, inode, { start: 0, end: mostBlocks }, signal)) {
    if (left === 0) break
    const piece = await readPiece(volume, inode, mapping, { done: inode.sizeBytes - left, left }, signal)
    pieces.push(piece)
    left -= piece.length
  }
  if (left > 0) throw damaged(`the target of link ${inode.number} is not whole`)
  return nameFromBytes(Buffer.concat(pieces))
}

type Progress = { readonly done: number; readonly left: number }

async function readPiece(
  volume: XfsVolume,
  inode: Inode,
  { offset, blocks }: Mapping,
  { done, left }: Progress,
  signal: AbortSignal,
): Promise<Buffer> {
  const lengthBytes = Math.min(blocks, mostBlocks) * volume.geometry.blockBytes
  const bytes = await readAt(volume.disk, offset, lengthBytes, signal)
  if (volume.geometry.version === 4) return bytes.subarray(0, left)
  const what = `the target of link ${inode.number}`
  if (bytes.toString('latin1', 0, 4) !== 'XSLM') throw damaged(`${what} is none`)
  needStamp(volume, { bytes, offset, replayed: volume.replayed(offset, lengthBytes) }, stamp, inode.number, what)
  const length = bytes.readUInt32BE(8)
  if (bytes.readUInt32BE(4) !== done || length !== Math.min(left, lengthBytes - headerBytes)) {
    throw damaged(`${what} has pieces that do not fit together`)
  }
  return bytes.subarray(headerBytes, headerBytes + length)
}
