import type { Inode } from './inode.ts'
import type { Run, Span } from './runs.ts'
import { type ExtVolume, needInVolume, readBlocks } from './volume.ts'

const directBlocks = 12
const mapAt = 0x28

/** The map of ext2 and ext3: twelve blocks, then blocks of block numbers in one, two and three levels. A 0 is a hole, on every level. */
export async function* mappedByBlocks(
  volume: ExtVolume,
  inode: Inode,
  span: Span,
  signal: AbortSignal,
): AsyncGenerator<Run> {
  let run: Run | undefined
  for await (const next of pieces({ volume, span, signal }, inode)) {
    if (run !== undefined && run.physical + run.count === next.physical && run.logical + run.count === next.logical) {
      run = { ...run, count: run.count + next.count }
    } else {
      if (run !== undefined) yield run
      run = next
    }
  }
  if (run !== undefined) yield run
}

type Walk = { readonly volume: ExtVolume; readonly span: Span; readonly signal: AbortSignal }

async function* pieces(walk: Walk, inode: Inode): AsyncGenerator<Run> {
  const perBlock = walk.volume.superblock.blockBytes / 4
  yield* numbers(walk, inode.bytes.subarray(mapAt, mapAt + directBlocks * 4), 0)
  let logical = directBlocks
  for (let levels = 1; levels <= 3; levels++) {
    const block = inode.bytes.readUInt32LE(mapAt + (directBlocks + levels - 1) * 4)
    yield* below(walk, { block, levels, logical })
    logical += perBlock ** levels
  }
}

/** A block of numbers, `levels` above the data, that speaks of the file from `logical` on. */
type Node = { readonly block: number; readonly levels: number; readonly logical: number }

async function* below(walk: Walk, { block, levels, logical }: Node): AsyncGenerator<Run> {
  walk.signal.throwIfAborted()
  const perBlock = walk.volume.superblock.blockBytes / 4
  const { span } = walk
  if (block === 0 || logical >= span.end || logical + perBlock ** levels <= span.start) return
  const bytes = await readBlocks(walk.volume, block, 1, walk.signal)
  if (levels === 1) return yield* numbers(walk, bytes, logical)
  const each = perBlock ** (levels - 1)
  for (let i = 0; i < perBlock && logical + i * each < span.end; i++) {
    yield* below(walk, { block: bytes.readUInt32LE(i * 4), levels: levels - 1, logical: logical + i * each })
  }
}

function* numbers({ volume, span }: Walk, bytes: Buffer, logical: number): Generator<Run> {
  const [first, end] = [Math.max(0, span.start - logical), Math.min(bytes.length / 4, span.end - logical)]
  for (let i = first; i < end; i++) {
    const physical = bytes.readUInt32LE(i * 4)
    if (physical === 0) continue
    needInVolume(volume, physical, 1)
    yield { logical: logical + i, physical, count: 1 }
  }
}
