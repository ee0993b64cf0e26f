import { mappedByBlocks } from './block-map.ts'
import { mappedByExtents } from './extent-tree.ts'
import { flags, type Inode } from './inode.ts'
import type { ExtVolume } from './volume.ts'

/** `count` blocks of a file from `logical` on lie at `physical`. What no run covers reads as zeroes. */
export type Run = { readonly logical: number; readonly physical: number; readonly count: number }

/** Half-open, in blocks of the file. */
export type Span = { readonly start: number; readonly end: number }

/** The runs that lie in a span, cut to it, in order; every one of them inside the volume. */
export function runsOf(volume: ExtVolume, inode: Inode, span: Span, signal: AbortSignal): AsyncGenerator<Run> {
  return (inode.flags & flags.extents) !== 0
    ? mappedByExtents(volume, inode, span, signal)
    : mappedByBlocks(volume, inode, span, signal)
}
