import { Failure } from '../../../../shared/failure.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import { glance } from '../bytes.ts'
import { damaged } from './damage.ts'
import { decodeSuperblock, oldFolders, type Superblock, superblockBytes } from './superblock.ts'

type FoundSuperblock = { readonly superblock: Superblock; readonly primary: boolean }

/**
 * The superblock at the front, or where that is damaged one of the copies that begin every allocation group. Where those lie only a
 * superblock says: what the damaged one says is tried, then what mkfs.xfs makes of a volume of this size. `isReplayed` is whether the log
 * wrote the one at the front.
 */
export async function findSuperblock(
  disk: ReadableDisk,
  isReplayed: boolean,
  signal: AbortSignal,
): Promise<FoundSuperblock> {
  const bytes = await glance(disk, 0, superblockBytes, signal)
  const first = decodeSuperblock(bytes, isReplayed)
  if (typeof first !== 'string' && oldFolders(bytes)) {
    throw new Failure('volume-unsupported', 'XFS: its folders have the form from before 2000')
  }
  if (typeof first !== 'string' && !first.inProgress) return { superblock: first, primary: true }
  for (const offset of likelyOffsets(bytes, disk.sizeBytes)) {
    const second = await secondAt(disk, offset, signal)
    if (second !== undefined) return { superblock: second, primary: false }
  }
  throw damaged(typeof first === 'string' ? first : 'it was never finished by mkfs')
}

async function secondAt(disk: ReadableDisk, offset: number, signal: AbortSignal): Promise<Superblock | undefined> {
  const second = decodeSuperblock(await glance(disk, offset, superblockBytes, signal), false)
  if (typeof second === 'string') return undefined
  const { groupBlocks, blockBytes, groups, totalBlocks } = second.geometry
  // What lies inside a file may look like a superblock too: it has to stand where it says that groups begin.
  if (offset % (groupBlocks * blockBytes) !== 0 || totalBlocks * blockBytes > disk.sizeBytes) return undefined
  if (second.knowsRoot) return second
  // mkfs.xfs tells the root to the copies in the middle and at the end only.
  for (const group of [groups - 1, Math.floor(groups / 2)]) {
    const other = decodeSuperblock(await glance(disk, group * groupBlocks * blockBytes, superblockBytes, signal), false)
    if (typeof other !== 'string' && other.knowsRoot && other.uuid.equals(second.uuid)) return other
  }
  return undefined
}

function likelyOffsets(first: Buffer, sizeBytes: number): ReadonlySet<number> {
  const offsets = new Set<number>()
  const claimed = first.readUInt32BE(4) * first.readUInt32BE(84)
  const blockSizes = [4096, 1024, 512, 2048, 8192, 16_384, 32_768, 65_536]
  for (const blockBytes of blockSizes) {
    const blocks = Math.floor(sizeBytes / blockBytes)
    for (const groups of [4, 1, 2, 3, 8, 16, 32]) {
      offsets.add(Math.ceil(blocks / groups) * blockBytes)
      offsets.add(Math.floor(blocks / groups) * blockBytes)
    }
  }
  // The largest group there is, one block short of a TiB, is what volumes from 4 TiB on are made of.
  for (const blockBytes of blockSizes) offsets.add(2 ** 40 - blockBytes)
  return new Set([claimed, ...offsets].filter((offset) => offset > 0 && offset < sizeBytes))
}
