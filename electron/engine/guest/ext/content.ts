import { Failure } from '../../../../shared/failure.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import { type Extent, type Extents, union } from '../../disk/extents.ts'
import { needOnDisk } from '../../disk/range.ts'
import { inlineContent } from './inline-data.ts'
import { flags, type Inode } from './inode.ts'
import { type Run, runsOf, type Span } from './runs.ts'
import { damaged, type ExtVolume } from './volume.ts'

/** More runs than these are told as one range up to the end: nobody gains from so many small holes. */
const mostRuns = 200_000

/** The bytes of an inode, as far as its size says. Fails with `volume-unsupported` where they are encrypted or compressed. */
export function contentOf(volume: ExtVolume, inode: Inode): ReadableDisk {
  needPlain(inode)
  return (inode.flags & flags.inlineData) !== 0 ? inlineDisk(inlineContent(inode)) : mappedDisk(volume, inode)
}

export function needPlain({ number, flags: held }: Inode): void {
  if (held & flags.encrypted) throw new Failure('volume-unsupported', `inode ${number} is encrypted by fscrypt`)
  if (held & flags.compressed) throw new Failure('volume-unsupported', `inode ${number} is compressed by e2compr`)
}

function inlineDisk(bytes: Buffer): ReadableDisk {
  return {
    sizeBytes: bytes.length,
    async read(offset, into, signal) {
      signal.throwIfAborted()
      needOnDisk(bytes.length, offset, into.length)
      into.set(bytes.subarray(offset, offset + into.length))
    },
    allocated: async () => union([{ start: 0, end: bytes.length }]),
    async [Symbol.asyncDispose]() {},
  }
}

function mappedDisk(volume: ExtVolume, inode: Inode): ReadableDisk {
  const { sizeBytes } = inode
  return {
    sizeBytes,
    async read(offset, into, signal) {
      signal.throwIfAborted()
      needOnDisk(sizeBytes, offset, into.length)
      into.fill(0)
      for await (const run of runsOf(volume, inode, spanOf(volume, offset, into.length), signal)) {
        await readRun(volume, run, { offset, into }, signal)
      }
    },
    allocated: (signal) => allocatedIn(volume, inode, signal),
    async [Symbol.asyncDispose]() {},
  }
}

function spanOf({ superblock }: ExtVolume, offset: number, lengthBytes: number): Span {
  const { blockBytes } = superblock
  return { start: Math.floor(offset / blockBytes), end: Math.ceil((offset + lengthBytes) / blockBytes) }
}

/** The part of a run that a read asks for. */
async function readRun(
  { disk, superblock }: ExtVolume,
  run: Run,
  { offset, into }: { readonly offset: number; readonly into: Uint8Array },
  signal: AbortSignal,
): Promise<void> {
  const { blockBytes } = superblock
  const start = Math.max(offset, run.logical * blockBytes)
  const end = Math.min(offset + into.length, (run.logical + run.count) * blockBytes)
  const place = run.physical * blockBytes + start - run.logical * blockBytes
  if (place + end - start > disk.sizeBytes) throw damaged(`block ${run.physical} lies behind the end of the disk`)
  await disk.read(place, into.subarray(start - offset, end - offset), signal)
}

async function allocatedIn(volume: ExtVolume, inode: Inode, signal: AbortSignal): Promise<Extents> {
  const { blockBytes } = volume.superblock
  const ranges: Extent[] = []
  for await (const { logical, count } of runsOf(volume, inode, spanOf(volume, 0, inode.sizeBytes), signal)) {
    const start = logical * blockBytes
    const last = ranges.length === mostRuns
    ranges.push({ start, end: last ? inode.sizeBytes : Math.min(inode.sizeBytes, start + count * blockBytes) })
    if (last) break
  }
  return union(ranges)
}
