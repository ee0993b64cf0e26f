import { readAt } from '../bytes.ts'
import { damaged } from './damage.ts'
import { inodeOffset, placeOfInode } from './geometry.ts'
import { decodeInode, type Inode } from './inode.ts'
import type { XfsVolume } from './volume.ts'

/** Inodes are made 64 at a time, one behind the other: of those, all that are wanted are read at once. */
const together = 64

/** Reads inodes in as few reads as may be. What is asked of the answer may fail for one inode without failing for others. */
export async function readInodes(
  volume: XfsVolume,
  numbers: readonly number[],
  signal: AbortSignal,
): Promise<(number: number) => Inode> {
  const runs = new Map<number, { readonly bytes: Buffer; readonly offset: number }>()
  const wanted = numbers.filter((number) => isOnDisk(volume, number)).sort((a, b) => a - b)
  const groups = Map.groupBy(wanted, runOf)
  for (const [run, group] of groups) {
    const first = group[0] ?? 0
    const last = group.at(-1) ?? first
    const offset = inodeOffset(volume.geometry, first)
    const lengthBytes = inodeOffset(volume.geometry, last) + volume.geometry.inodeBytes - offset
    runs.set(run, { bytes: await readAt(volume.disk, offset, lengthBytes, signal), offset })
  }
  return (number) => {
    const run = runs.get(runOf(number))
    if (run === undefined || !isOnDisk(volume, number)) throw damaged(`there is no inode ${number}`)
    const { inodeBytes } = volume.geometry
    const offset = inodeOffset(volume.geometry, number)
    const bytes = run.bytes.subarray(offset - run.offset, offset - run.offset + inodeBytes)
    return decodeInode(volume, number, { bytes, offset, replayed: volume.replayed(offset, inodeBytes) })
  }
}

function runOf(number: number): number {
  return Math.floor(number / together)
}

function isOnDisk(volume: XfsVolume, number: number): boolean {
  const offset = placeOfInode(volume.geometry, number)
  return offset !== undefined && offset + volume.geometry.inodeBytes <= volume.disk.sizeBytes
}
