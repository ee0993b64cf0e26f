import { readAt } from '../bytes.ts'
import { damaged } from './damage.ts'
import { blockOffset } from './geometry.ts'
import type { Inode } from './inode.ts'
import { needStamp, type Stamp, type XfsVolume } from './volume.ts'

/** Where blocks of a file lie. `offset` is that of the first on the disk, in bytes; the rest count blocks of the file. */
export type Mapping = {
  readonly start: number
  readonly blocks: number
  readonly offset: number
  /** Reserved, but never written: reads as zeroes. */
  readonly unwritten: boolean
}

/** Blocks of a file, `end` not among them. */
type BlockRange = { readonly start: number; readonly end: number }

const recordBytes = 16
const stamp: Stamp = { checksumAt: 64, uuidAt: 40, ownerAt: 56, placeAt: 24 }
/** A tree of 2^48 mappings in blocks of the smallest size is not higher. */
const mostLevels = 16

/**
 * The mappings that touch `range`, in order. What is in none of them is a hole. They are told in ascending order or not at all, so that
 * no tree keeps a walk for longer than it has leaves.
 */
export async function* mappingsOf(
  volume: XfsVolume,
  inode: Inode,
  range: BlockRange,
  signal: AbortSignal,
): AsyncGenerator<Mapping> {
  let end = 0
  for await (const records of recordsOf(volume, inode, range, signal)) {
    for (let at = firstRecord(records, range.start); at + recordBytes <= records.length; at += recordBytes) {
      const mapping = decodeMapping(volume, records, at)
      if (mapping.start < end) throw damaged(`the mappings of inode ${inode.number} are out of order`)
      end = mapping.start + mapping.blocks
      if (mapping.start >= range.end) return
      if (end > range.start) yield mapping
    }
  }
}

/** Whole arrays of records: the fork's own, or leaf by leaf. */
async function* recordsOf(
  volume: XfsVolume,
  inode: Inode,
  range: BlockRange,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  if (inode.form === 'extents') yield inode.fork.subarray(0, inode.mappings * recordBytes)
  else if (inode.form === 'tree') yield* leavesOf(volume, inode, range, signal)
}

/** Ascending by the first block: the last record that begins at or before `start`, by halves. */
function firstRecord(records: Buffer, start: number): number {
  let low = 0
  let high = Math.floor(records.length / recordBytes)
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (startOf(records, middle * recordBytes) <= start) low = middle
    else high = middle
  }
  return low * recordBytes
}

function startOf(records: Buffer, at: number): number {
  return Number((records.readBigUInt64BE(at) >> 9n) & 0x3f_ffff_ffff_ffffn)
}

/** 128 bits: 1 for unwritten, 54 of the file's block, 52 of the disk's block, 21 of the count. */
function decodeMapping(volume: XfsVolume, records: Buffer, at: number): Mapping {
  const high = records.readBigUInt64BE(at)
  const low = records.readBigUInt64BE(at + 8)
  const blocks = Number(low & 0x1f_ffffn)
  const number = Number(((high & 0x1ffn) << 43n) | (low >> 21n))
  const start = startOf(records, at)
  if (blocks === 0 || !Number.isSafeInteger(start + blocks)) throw damaged('there is an empty mapping')
  return { start, blocks, offset: blockOffset(volume.geometry, number, blocks), unwritten: high >> 63n === 1n }
}

type Node = {
  readonly level: number
  readonly keys: readonly number[]
  readonly children: readonly number[]
  readonly records: Buffer
}

async function* leavesOf(
  volume: XfsVolume,
  inode: Inode,
  range: BlockRange,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const { fork } = inode
  const level = fork.readUInt16BE(0)
  if (level === 0 || level > mostLevels) throw damaged(`the tree of inode ${inode.number} has ${level} levels`)
  const room = Math.floor((fork.length - 4) / recordBytes)
  const root = branchesOf(fork, level, { count: fork.readUInt16BE(2), at: 4, room })
  yield* leavesBelow(volume, inode, root, range, signal)
}

async function* leavesBelow(
  volume: XfsVolume,
  inode: Inode,
  node: Node,
  range: BlockRange,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  let last = -1
  for (const [index, child] of node.children.entries()) {
    const key = node.keys[index] ?? 0
    if (key <= last) throw damaged(`the tree of inode ${inode.number} is out of order`)
    last = key
    if (key >= range.end) return
    if ((node.keys[index + 1] ?? Number.POSITIVE_INFINITY) <= range.start) continue
    signal.throwIfAborted()
    const below = await readNode(volume, inode, { number: child, level: node.level - 1, key }, signal)
    if (below.level === 0) yield below.records
    else yield* leavesBelow(volume, inode, below, range, signal)
  }
}

type Wanted = { readonly number: number; readonly level: number; readonly key: number }

/** A block of the tree with the long header: 24 bytes, 72 in version 5. */
async function readNode(volume: XfsVolume, inode: Inode, wanted: Wanted, signal: AbortSignal): Promise<Node> {
  const { blockBytes, version } = volume.geometry
  const offset = blockOffset(volume.geometry, wanted.number, 1)
  const bytes = await readAt(volume.disk, offset, blockBytes, signal)
  const what = `a block of the tree of inode ${inode.number}`
  if (bytes.toString('latin1', 0, 4) !== (version === 5 ? 'BMA3' : 'BMAP')) throw damaged(`${what} is none`)
  const block = { bytes, offset, replayed: volume.replayed(offset, blockBytes) }
  needStamp(volume, block, stamp, inode.number, what)
  const at = version === 5 ? 72 : 24
  const count = bytes.readUInt16BE(6)
  const room = Math.floor((blockBytes - at) / recordBytes)
  if (bytes.readUInt16BE(4) !== wanted.level || count === 0 || count > room) throw damaged(`${what} has a wrong shape`)
  if (wanted.level > 0) return sameKey(branchesOf(bytes, wanted.level, { count, at, room }), wanted.key, what)
  const records = bytes.subarray(at, at + count * recordBytes)
  return sameKey({ level: 0, keys: [startOf(records, 0)], children: [], records }, wanted.key, what)
}

/** Every step of a walk begins where its parent says: so none is taken twice. */
function sameKey(node: Node, key: number, what: string): Node {
  if (node.keys[0] !== key) throw damaged(`${what} begins elsewhere than its parent says`)
  return node
}

type Branches = { readonly count: number; readonly at: number; readonly room: number }

/** Keys, then at the end of the room for keys the block numbers. */
function branchesOf(bytes: Buffer, level: number, { count, at, room }: Branches): Node {
  if (count === 0 || count > room) throw damaged(`a tree has ${count} branches in one block`)
  const numbers = (from: number) => Array.from({ length: count }, (_, i) => Number(bytes.readBigUInt64BE(from + i * 8)))
  return { level, keys: numbers(at), children: numbers(at + room * 8), records: Buffer.alloc(0) }
}
