import { Failure } from '../../../../shared/failure.ts'
import { attributeTypes } from './attribute.ts'
import { reparseOf } from './facts.ts'
import { damaged, isDamage } from './fields.ts'
import { type IndexEntry, type IndexRoot, parseIndexBlock, parseIndexRoot } from './index-node.ts'
import { readRuns } from './medium.ts'
import type { Mft } from './mft.ts'
import { loadNode, refOf, residentOf, streamOf, type Wanted } from './node.ts'
import type { FileReference } from './record.ts'
import { hasHoles, type Runs } from './runs.ts'
import { readStream } from './stream.ts'
import { compareFolded, compareNames, type UpCase } from './upcase.ts'

/** What a folder's index says of a file in it. */
export type Key = NonNullable<IndexEntry['key']>

/** A folder's index: a tree by name whose root lies in the file record and whose other nodes in a stream. */
type FolderIndex = {
  readonly mft: Mft
  readonly root: IndexRoot
  readonly blocks: { readonly runs: Runs; readonly count: number; readonly inUse: Buffer } | undefined
}

const indexName = '$I30'
const deepest = 32
const readBytes = 64 * 1024
const mostDamagedBlocks = 100
/** More nodes than the 2^32 files fill that a volume can have. */
const mostBitmapBytes = 2 ** 24

const wanted: Wanted = ({ name, type }) => name === indexName || type === attributeTypes.reparsePoint

/** Fails with `invalid-argument` for what is no folder, with `file-not-found` and `file-system-damaged`. */
export async function openFolder(mft: Mft, at: FileReference, signal: AbortSignal): Promise<FolderIndex> {
  const node = await loadNode(mft, at, wanted, signal)
  const reparse = await reparseOf(mft, node, signal)
  if (!node.isFolder || reparse?.kind === 'link') throw new Failure('invalid-argument', `${refOf(at)} is no folder`)
  const value = residentOf(node, attributeTypes.indexRoot, indexName)
  if (value === undefined) throw damaged('a folder without an index')
  const root = parseIndexRoot(value)
  const stream = streamOf(mft, node, attributeTypes.indexAllocation, indexName)
  if (stream === undefined) return { mft, root, blocks: undefined }
  const { content, sizes } = stream
  if (content.kind !== 'plain' || hasHoles(content.runs)) throw damaged('a folder with holes')
  if (content.runs.end > mft.medium.geometry.clusters) throw damaged('a folder larger than the volume')
  const bitmap = streamOf(mft, node, attributeTypes.bitmap, indexName)
  if (bitmap === undefined) throw damaged('a folder that does not say which of its nodes are in use')
  const inUse = await readStream(mft.medium, bitmap, mostBitmapBytes, signal)
  const count = Math.min(Math.floor(sizes.sizeBytes / root.blockBytes), inUse.length * 8)
  return { mft, root, blocks: { runs: content.runs, count, inUse } }
}

/**
 * All keys, node by node in the order of the disk. A damaged node does not hide the others: it fails with `file-system-damaged` after
 * all of them.
 */
export async function* folderKeys(index: FolderIndex, signal: AbortSignal): AsyncGenerator<readonly Key[]> {
  yield keysOf(index.root.entries)
  const failed: Failure[] = []
  for await (const { block, vcn } of usedBlocks(index, signal)) {
    try {
      yield keysOf(parseIndexBlock(block, vcn))
    } catch (thrown) {
      if (!isDamage(thrown)) throw thrown
      failed.push(thrown)
    }
    if (failed.length > mostDamagedBlocks) break
  }
  if (failed.length > 0)
    throw damaged(`${failed.length} nodes of a folder are damaged: ${failed[0]?.message}`, failed[0])
}

function keysOf(entries: readonly IndexEntry[]): readonly Key[] {
  return entries.flatMap(({ key }) => key ?? [])
}

/** Blocks that are in use, many by one read. */
async function* usedBlocks({ mft, root: { blockBytes }, blocks }: FolderIndex, signal: AbortSignal) {
  if (blocks === undefined) return
  const step = Math.max(1, readBytes / blockBytes)
  const bytes = Buffer.alloc(step * blockBytes)
  for (let first = 0; first < blocks.count; first += step) {
    signal.throwIfAborted()
    const inUse = inUseFrom(blocks.inUse, first, Math.min(step, blocks.count - first))
    const last = inUse.at(-1)
    if (last === undefined) continue
    await readRuns(mft.medium, blocks.runs, first * blockBytes, bytes.subarray(0, (last + 1) * blockBytes), signal)
    for (const i of inUse) {
      const block = bytes.subarray(i * blockBytes, (i + 1) * blockBytes)
      yield { block, vcn: (first + i) * (blockBytes / vcnBytes(mft, blockBytes)) }
    }
  }
}

function inUseFrom(bitmap: Buffer, first: number, count: number): readonly number[] {
  const inUse: number[] = []
  for (let i = 0; i < count; i++) {
    if (((bitmap[Math.floor((first + i) / 8)] ?? 0) & (1 << ((first + i) % 8))) !== 0) inUse.push(i)
  }
  return inUse
}

/** Nodes are counted in clusters, and in sectors of 512 bytes where a node is smaller than a cluster. */
function vcnBytes({ medium: { geometry } }: Mft, blockBytes: number): number {
  return blockBytes >= geometry.clusterBytes ? geometry.clusterBytes : 512
}

/** The key of this name, down the tree: of the very name, else of one that differs only in case. */
export async function findKey(index: FolderIndex, upCase: UpCase, name: string, signal: AbortSignal) {
  return (
    (await descend(index, (key) => compareNames(upCase, key, name), signal)) ??
    (await descend(index, (key) => compareFolded(upCase, key, name), signal))
  )
}

/** `compare` is below zero for keys before the one that is sought. Fails with `file-system-damaged` where the tree has no end. */
async function descend(
  index: FolderIndex,
  compare: (name: string) => number,
  signal: AbortSignal,
): Promise<Key | undefined> {
  let entries = index.root.entries
  for (let depth = 0; depth < deepest; depth++) {
    const next = entries.find(({ key }) => key === undefined || compare(key.name) >= 0)
    if (next?.key !== undefined && compare(next.key.name) === 0) return next.key
    if (next?.below === undefined) return undefined
    entries = await readNode(index, next.below, signal)
  }
  throw damaged('a folder is deeper than any can be')
}

async function readNode({ mft, root: { blockBytes }, blocks }: FolderIndex, vcn: number, signal: AbortSignal) {
  const offset = vcn * vcnBytes(mft, blockBytes)
  if (blocks === undefined || offset + blockBytes > blocks.count * blockBytes)
    throw damaged(`a folder has no node ${vcn}`)
  const block = Buffer.alloc(blockBytes)
  await readRuns(mft.medium, blocks.runs, offset, block, signal)
  return parseIndexBlock(block, vcn)
}
