import { damaged } from '../damage.ts'
import type { Inode } from '../inode.ts'
import { type Block, needStamp, type Stamp, type XfsVolume } from '../volume.ts'
import { indexStart, readFolderBlock } from './folder-block.ts'

/** Blocks of the index by hash: nodes, and leaves alone or below nodes. Each has another number in version 5. */
const kinds: ReadonlyMap<number, 'node' | 'leaf'> = new Map([
  [0xfebe, 'node'],
  [0x3ebe, 'node'],
  [0xd2f1, 'leaf'],
  [0x3df1, 'leaf'],
  [0xd2ff, 'leaf'],
  [0x3dff, 'leaf'],
])
const stamp: Stamp = { checksumAt: 12, uuidAt: 32, ownerAt: 48, placeAt: 16 }
/** `XFS_DA_NODE_MAXDEPTH`. */
const mostLevels = 5

type IndexBlock = {
  readonly kind: 'node' | 'leaf'
  readonly level: number
  /** Of the next to the right, 0 at the end. */
  readonly next: number
  /** Hash and what it leads to, ascending by hash. */
  readonly hashes: readonly number[]
  readonly values: readonly number[]
}

/**
 * Byte offsets in the folder's data at which names of this hash stand. Leaves are walked to the right for as long as the hash is the
 * same, and none twice.
 */
export async function* placesOf(
  volume: XfsVolume,
  inode: Inode,
  hash: number,
  signal: AbortSignal,
): AsyncGenerator<number> {
  const walked = new Set<number>()
  for (let leaf = await descend(volume, inode, hash, signal); leaf !== undefined; ) {
    yield* placesIn(leaf, hash)
    const isLast = (leaf.hashes.at(-1) ?? hash) > hash || leaf.next === 0
    if (isLast) return
    if (walked.has(leaf.next)) throw damaged(`the index of folder ${inode.number} goes round in circles`)
    walked.add(leaf.next)
    leaf = await readIndexBlock(volume, inode, leaf.next, signal)
    if (leaf.kind === 'node') throw damaged(`the index of folder ${inode.number} is tangled`)
  }
}

/** Places count in eights; those of names that are gone are 0. */
function* placesIn({ hashes, values }: IndexBlock, hash: number): Generator<number> {
  for (let i = hashes.indexOf(hash); hashes[i] === hash; i++) {
    const value = values[i] ?? 0
    if (value !== 0) yield value * 8
  }
}

/** The first leaf that may hold the hash; undefined where all are smaller. */
async function descend(
  volume: XfsVolume,
  inode: Inode,
  hash: number,
  signal: AbortSignal,
): Promise<IndexBlock | undefined> {
  let block = await readIndexBlock(volume, inode, indexStart(volume), signal)
  for (let level = block.level; block.kind === 'node'; level--) {
    if (level < 1 || level > mostLevels || block.level !== level) {
      throw damaged(`the index of folder ${inode.number} has wrong levels`)
    }
    const child = block.hashes.findIndex((held) => held >= hash)
    if (child < 0) return undefined
    block = await readIndexBlock(volume, inode, block.values[child] ?? 0, signal)
  }
  return block
}

async function readIndexBlock(
  volume: XfsVolume,
  inode: Inode,
  number: number,
  signal: AbortSignal,
): Promise<IndexBlock> {
  const what = `block ${number} of the index of folder ${inode.number}`
  if (number < indexStart(volume)) throw damaged(`${what} lies among the names`)
  const block = await readFolderBlock(volume, inode, number, signal)
  if (block === undefined) throw damaged(`${what} is missing`)
  const magic = block.bytes.readUInt16BE(8)
  const kind = kinds.get(magic)
  // Version 5 has the same magic numbers with an upper byte of 3.
  const isFive = magic >>> 12 === 3
  if (kind === undefined || isFive !== (volume.geometry.version === 5)) throw damaged(`${what} is none`)
  needStamp(volume, block, stamp, inode.number, what)
  return decodeIndex(block, kind, isFive ? { countAt: 56, at: 64 } : { countAt: 12, at: 16 }, what)
}

type Shape = { readonly countAt: number; readonly at: number }

function decodeIndex({ bytes }: Block, kind: IndexBlock['kind'], { countAt, at }: Shape, what: string): IndexBlock {
  const count = bytes.readUInt16BE(countAt)
  if (at + count * 8 > bytes.length) throw damaged(`${what} has ${count} entries`)
  const column = (from: number) => Array.from({ length: count }, (_, i) => bytes.readUInt32BE(from + i * 8))
  return {
    kind,
    level: kind === 'node' ? bytes.readUInt16BE(countAt + 2) : 0,
    next: bytes.readUInt32BE(0),
    hashes: column(at),
    values: column(at + 4),
  }
}
