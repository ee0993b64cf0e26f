import { readAt } from '../../bytes.ts'
import { damaged } from '../damage.ts'
import type { Inode } from '../inode.ts'
import { type Mapping, mappingsOf } from '../mapping.ts'
import type { Block, XfsVolume } from '../volume.ts'

/**
 * Folders are files of their own kind: names from 0 on, the index by hash from 32 GiB on. They are counted in blocks of the file system,
 * but come and go in blocks of a folder, which may be several and lie apart. Undefined where there is a hole.
 */
export async function readFolderBlock(
  volume: XfsVolume,
  inode: Inode,
  start: number,
  signal: AbortSignal,
): Promise<Block | undefined> {
  const end = start + volume.geometry.folderBlockBytes / volume.geometry.blockBytes
  const mappings: Mapping[] = []
  for await (const mapping of mappingsOf(volume, inode, { start, end }, signal)) {
    mappings.push(cutTo(mapping, { start, end }, volume.geometry.blockBytes))
  }
  const first = mappings[0]
  if (first === undefined) return undefined
  const there = mappings.reduce((blocks, mapping) => blocks + mapping.blocks, 0)
  if (there !== end - start || mappings.some((mapping) => mapping.unwritten)) {
    throw damaged(`folder ${inode.number} has only part of its block ${start}`)
  }
  return await readPieces(volume, mappings, first.offset, signal)
}

/** The numbers of the blocks of names that are there, in order. */
export async function* dataBlocksOf(volume: XfsVolume, inode: Inode, signal: AbortSignal): AsyncGenerator<number> {
  const step = volume.geometry.folderBlockBytes / volume.geometry.blockBytes
  let next = 0
  for await (const { start, blocks } of mappingsOf(volume, inode, { start: 0, end: indexStart(volume) }, signal)) {
    const end = Math.min(start + blocks, indexStart(volume))
    for (next = Math.max(next, Math.floor(start / step) * step); next < end; next += step) yield next
  }
}

/** `XFS_DIR2_LEAF_OFFSET` in blocks of the file system. */
export function indexStart({ geometry }: XfsVolume): number {
  return 2 ** 35 / geometry.blockBytes
}

function cutTo(mapping: Mapping, range: { readonly start: number; readonly end: number }, blockBytes: number): Mapping {
  const start = Math.max(mapping.start, range.start)
  const blocks = Math.min(mapping.start + mapping.blocks, range.end) - start
  return { ...mapping, start, blocks, offset: mapping.offset + (start - mapping.start) * blockBytes }
}

async function readPieces(
  volume: XfsVolume,
  mappings: readonly Mapping[],
  offset: number,
  signal: AbortSignal,
): Promise<Block> {
  const pieces: Buffer[] = []
  let replayed = false
  for (const mapping of mappings) {
    const lengthBytes = mapping.blocks * volume.geometry.blockBytes
    pieces.push(await readAt(volume.disk, mapping.offset, lengthBytes, signal))
    replayed ||= volume.replayed(mapping.offset, lengthBytes)
  }
  return { bytes: Buffer.concat(pieces), offset, replayed }
}
