import { crc32c } from '../crc32c.ts'
import type { Inode } from './inode.ts'
import type { Run, Span } from './runs.ts'
import { damaged, type ExtVolume, needInVolume, readBlocks } from './volume.ts'

const magic = 0xf30a
const headerBytes = 12
const entryBytes = 12
/** Five levels of 4 KiB blocks reach beyond what a file can hold. */
const deepest = 5
/** A longer extent is one that was never written, by the length beyond this; it reads as zeroes. */
const longestWritten = 32768

/**
 * The tree of an inode with extents. Every level must be one lower than the one above, and its entries in order and within the blocks
 * that the one above gives them: nothing is visited twice.
 */
export async function* mappedByExtents(
  volume: ExtVolume,
  inode: Inode,
  span: Span,
  signal: AbortSignal,
): AsyncGenerator<Run> {
  const root = inode.bytes.subarray(0x28, 0x64)
  const depth = root.readUInt16LE(6)
  if (depth > deepest) throw damaged(`inode ${inode.number} has an extent tree of ${depth} levels`)
  yield* below({ volume, inode, span, signal }, { bytes: root, depth, reach: { start: 0, end: 2 ** 32 } })
}

type Walk = { readonly volume: ExtVolume; readonly inode: Inode; readonly span: Span; readonly signal: AbortSignal }

/** A node, and the blocks of the file that it may speak of. */
type Node = { readonly bytes: Buffer; readonly depth: number; readonly reach: Span }

async function* below(walk: Walk, node: Node): AsyncGenerator<Run> {
  walk.signal.throwIfAborted()
  const count = entriesIn(walk.inode, node)
  if (node.depth === 0) yield* leafRuns(walk, node, count)
  for (let i = 0; i < count && node.depth > 0; i++) {
    const at = headerBytes + i * entryBytes
    const start = node.bytes.readUInt32LE(at)
    const end = i + 1 < count ? node.bytes.readUInt32LE(at + entryBytes) : node.reach.end
    if (start < node.reach.start || end <= start || end > node.reach.end) throw outOfOrder(walk.inode)
    if (start >= walk.span.end) return
    if (end <= walk.span.start) continue
    const block = node.bytes.readUInt32LE(at + 4) + node.bytes.readUInt16LE(at + 8) * 2 ** 32
    yield* below(walk, await readNode(walk, block, { depth: node.depth - 1, reach: { start, end } }))
  }
}

async function readNode({ volume, inode, signal }: Walk, block: number, node: Omit<Node, 'bytes'>): Promise<Node> {
  const bytes = await readBlocks(volume, block, 1, signal)
  // The checksum stands behind as many entries as there is room for.
  const tail = headerBytes + bytes.readUInt16LE(4) * entryBytes
  if (tail > bytes.length) throw damaged(`block ${block} of inode ${inode.number}'s extents is too full`)
  if (inode.checksumSeed !== undefined) {
    const summed = tail + 4 <= bytes.length && crc32c(inode.checksumSeed, bytes.subarray(0, tail))
    if (summed === false || summed !== bytes.readUInt32LE(tail)) {
      throw damaged(`block ${block} of inode ${inode.number}'s extents has a wrong checksum`)
    }
  }
  return { ...node, bytes }
}

function entriesIn(inode: Inode, { bytes, depth }: Node): number {
  const [count, room] = [bytes.readUInt16LE(2), bytes.readUInt16LE(4)]
  const fits = headerBytes + count * entryBytes <= bytes.length
  if (bytes.readUInt16LE(0) !== magic || bytes.readUInt16LE(6) !== depth || count > room || !fits) {
    throw damaged(`inode ${inode.number} has a broken extent tree`)
  }
  return count
}

function* leafRuns({ volume, inode, span }: Walk, { bytes, reach }: Node, count: number): Generator<Run> {
  let before = reach.start
  for (let i = 0; i < count; i++) {
    const at = headerBytes + i * entryBytes
    const start = bytes.readUInt32LE(at)
    const length = bytes.readUInt16LE(at + 4)
    const written = length <= longestWritten
    const end = start + (written ? length : length - longestWritten)
    if (start < before || end <= start || end > reach.end) throw outOfOrder(inode)
    before = end
    if (start >= span.end) return
    if (!written || end <= span.start) continue
    const physical = bytes.readUInt32LE(at + 8) + bytes.readUInt16LE(at + 6) * 2 ** 32
    needInVolume(volume, physical, end - start)
    const [logical, stop] = [Math.max(start, span.start), Math.min(end, span.end)]
    yield { logical, physical: physical + logical - start, count: stop - logical }
  }
}

function outOfOrder({ number }: Inode): Error {
  return damaged(`inode ${number} has extents out of order`)
}
