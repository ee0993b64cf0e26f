import type { ReadableDisk } from '../../../disk/disk.ts'
import { type Extents, union } from '../../../disk/extents.ts'
import { damaged, readBytes } from '../volume.ts'
import { type LogHeader, restoreMagic } from './header.ts'
import type { Logged } from './scan.ts'
import { isBlockSound } from './tags.ts'

/** Blocks by their number, in columns: a large journal holds some hundred thousand. */
type Replaced = {
  readonly blocks: Float64Array
  readonly at: Float64Array
  readonly sequences: Uint32Array
  readonly checksums: Uint32Array
  readonly escaped: Uint8Array
}

/**
 * The disk with the journal's blocks in place of its own. They are read from the journal when they are asked for, and then checked: a
 * read fails with `file-system-damaged` where one is not what its tag says.
 */
export function overlaidDisk(
  disk: ReadableDisk,
  { journal, log }: { readonly journal: ReadableDisk; readonly log: LogHeader },
  logged: readonly Logged[],
): { readonly disk: ReadableDisk; readonly overlaid: Extents } {
  const replaced = columns(logged)
  const { blockBytes } = log
  const overlaid = union(Array.from(replaced.blocks, (block) => range(block, blockBytes)))
  return {
    overlaid,
    disk: {
      sizeBytes: disk.sizeBytes,
      async read(offset, into, signal) {
        await disk.read(offset, into, signal)
        const end = offset + into.length
        for (let i = firstFrom(replaced.blocks, Math.floor(offset / blockBytes)); i < replaced.blocks.length; i++) {
          const start = (replaced.blocks[i] ?? 0) * blockBytes
          if (start >= end) return
          const block = await newContent(replaced, i, { journal, log }, signal)
          const from = Math.max(0, offset - start)
          into.set(block.subarray(from, Math.min(blockBytes, end - start)), start + from - offset)
        }
      },
      allocated: async (signal) => union([...(await disk.allocated(signal)), ...overlaid]),
      async [Symbol.asyncDispose]() {},
    },
  }
}

function range(block: number, blockBytes: number): Extents[number] {
  return { start: block * blockBytes, end: (block + 1) * blockBytes }
}

/** Of several contents of a block the last counts. */
function columns(logged: readonly Logged[]): Replaced {
  const last = [...new Map(logged.map((one) => [one.block, one])).values()].sort((a, b) => a.block - b.block)
  return {
    blocks: Float64Array.from(last, ({ block }) => block),
    at: Float64Array.from(last, ({ at }) => at),
    sequences: Uint32Array.from(last, ({ sequence }) => sequence),
    checksums: Uint32Array.from(last, ({ checksum }) => checksum),
    escaped: Uint8Array.from(last, ({ escaped }) => (escaped ? 1 : 0)),
  }
}

/** The place of the first block that is not below `block`. */
function firstFrom(blocks: Float64Array, block: number): number {
  let [low, high] = [0, blocks.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((blocks[middle] ?? 0) < block) low = middle + 1
    else high = middle
  }
  return low
}

async function newContent(
  { blocks, at, sequences, checksums, escaped }: Replaced,
  i: number,
  { journal, log }: { readonly journal: ReadableDisk; readonly log: LogHeader },
  signal: AbortSignal,
): Promise<Buffer> {
  const bytes = await readBytes({ disk: journal }, (at[i] ?? 0) * log.blockBytes, log.blockBytes, signal)
  if (!isBlockSound(log, sequences[i] ?? 0, checksums[i] ?? 0, bytes)) {
    throw damaged(`the journal's content of block ${blocks[i]} has a wrong checksum`)
  }
  if (escaped[i] === 1) restoreMagic(bytes)
  return bytes
}
