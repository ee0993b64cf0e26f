import { Failure } from '../../../../shared/failure.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import type { Superblock } from './superblock.ts'

/** What every part of the reader works on: `disk` has the journal's changes laid over it. */
export type ExtVolume = {
  readonly disk: ReadableDisk
  readonly superblock: Superblock
  /** By group the block at which its inodes begin, where that was learned at opening: a listing then reads no descriptors. */
  readonly tables?: readonly (number | undefined)[]
}

export function damaged(what: string, cause?: unknown): Failure {
  return new Failure('file-system-damaged', what, { cause })
}

/** Fails with `file-system-damaged` where the range leaves the disk. `lengthBytes` is the caller's to bound. */
export async function readBytes(
  { disk }: { readonly disk: ReadableDisk },
  offset: number,
  lengthBytes: number,
  signal: AbortSignal,
): Promise<Buffer> {
  if (offset + lengthBytes > disk.sizeBytes) {
    throw damaged(`${lengthBytes} bytes at ${offset} lie behind the end of the disk at ${disk.sizeBytes}`)
  }
  const into = Buffer.alloc(lengthBytes)
  await disk.read(offset, into, signal)
  return into
}

/** Whole blocks, all of which must lie in the volume; few enough for memory by the caller's word. */
export async function readBlocks(
  volume: ExtVolume,
  first: number,
  count: number,
  signal: AbortSignal,
): Promise<Buffer> {
  const { blockBytes } = volume.superblock
  needInVolume(volume, first, count)
  return await readBytes(volume, first * blockBytes, count * blockBytes, signal)
}

/** Block 0 is no place for anything that is pointed to. */
export function needInVolume({ superblock }: ExtVolume, first: number, count: number): void {
  if (first === 0 || first + count > superblock.blocks) throw damaged(`block ${first} lies outside the volume`)
}
