import { Failure } from '../../../../shared/failure.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import { clip, type Extent, type Extents, union } from '../../disk/extents.ts'
import { needOnDisk } from '../../disk/range.ts'
import { damaged } from './damage.ts'
import { type Inode, onRealTimeDevice } from './inode.ts'
import { type Mapping, mappingsOf } from './mapping.ts'
import type { XfsVolume } from './volume.ts'

/** The bytes of a regular file; shared blocks read like any others. */
export function fileDisk(volume: XfsVolume, inode: Inode): ReadableDisk {
  if ((inode.flags & onRealTimeDevice) !== 0) {
    throw new Failure('volume-unsupported', `XFS: inode ${inode.number} has its content on a real-time device`)
  }
  if (volume.unfinished.has(inode.number)) {
    throw new Failure('volume-unsupported', `XFS: the blocks of inode ${inode.number} were being moved when it stopped`)
  }
  return {
    sizeBytes: inode.sizeBytes,
    read: (offset, into, signal) => readFile(volume, inode, { offset, into }, signal),
    allocated: (signal) => fileExtents(volume, inode, signal),
    async [Symbol.asyncDispose]() {},
  }
}

type Piece = { readonly offset: number; readonly into: Uint8Array }

async function readFile(volume: XfsVolume, inode: Inode, { offset, into }: Piece, signal: AbortSignal): Promise<void> {
  needOnDisk(inode.sizeBytes, offset, into.length)
  into.fill(0)
  const { blockBytes } = volume.geometry
  const end = offset + into.length
  const range = { start: Math.floor(offset / blockBytes), end: Math.ceil(end / blockBytes) }
  for await (const mapping of mappingsOf(volume, inode, range, signal)) {
    if (mapping.unwritten) continue
    const from = Math.max(offset, mapping.start * blockBytes)
    const to = Math.min(end, (mapping.start + mapping.blocks) * blockBytes)
    const at = mapping.offset + from - mapping.start * blockBytes
    if (at + to - from > volume.disk.sizeBytes) throw damaged(`inode ${inode.number} lies behind the end of the volume`)
    await volume.disk.read(at, into.subarray(from - offset, to - offset), signal)
  }
}

async function fileExtents(volume: XfsVolume, inode: Inode, signal: AbortSignal): Promise<Extents> {
  const { blockBytes } = volume.geometry
  const extents: Extent[] = []
  const range = { start: 0, end: Math.ceil(inode.sizeBytes / blockBytes) }
  for await (const mapping of mappingsOf(volume, inode, range, signal)) {
    if (!mapping.unwritten) extents.push(extentOf(mapping, blockBytes))
  }
  return clip(union(extents), inode.sizeBytes)
}

function extentOf({ start, blocks }: Mapping, blockBytes: number): Extent {
  return { start: start * blockBytes, end: (start + blocks) * blockBytes }
}
