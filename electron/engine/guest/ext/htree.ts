import { KiB } from '../../../../shared/units.ts'
import { type Entry, entriesIn, plainBlock } from './entries.ts'
import { incompatible } from './features.ts'
import { type IndexBlock, isIndexBlock, parseIndexBlock } from './index-block.ts'
import type { Inode } from './inode.ts'
import { type HashKind, hashKinds, nameHash } from './name-hash.ts'
import { runsOf } from './runs.ts'
import { damaged, type ExtVolume, readBlocks } from './volume.ts'

/**
 * Looks a name up in a folder's hash index. `unusable` where the index is of a kind that is not known, or is not what an index can
 * be: the folder is then searched from end to end, as the kernel does.
 */
export async function findByHash(
  volume: ExtVolume,
  folder: Inode,
  name: Uint8Array,
  signal: AbortSignal,
): Promise<Entry | undefined | 'unusable'> {
  const root = await blockOf(volume, folder, 0, signal)
  const told = root && rootWords(volume, root)
  if (root === undefined || told === undefined) return 'unusable'
  const hash = nameHash(name, {
    kind: told.kind,
    unsigned: told.unsigned,
    seed: volume.superblock.hashSeed,
  })
  const search: Search = { volume, folder, name, hash, signal, left: Math.ceil(folder.sizeBytes / KiB) }
  return await below(search, parseIndexBlock(folder, 0, root), told.levels)
}

type Search = {
  readonly volume: ExtVolume
  readonly folder: Inode
  readonly name: Uint8Array
  readonly hash: number
  readonly signal: AbortSignal
  /** Blocks that may still be looked at: an index that runs in circles comes to an end. */
  left: number
}

/** Which hash the index uses and how many levels of nodes lie between the root and the leaves. */
function rootWords({ superblock }: ExtVolume, root: Buffer) {
  const [reserved, version, length, levels, unused] = [root.readUInt32LE(24), ...root.subarray(28, 32)]
  const deepest = superblock.features.incompatible & incompatible.largeFolders ? 2 : 1
  if (reserved !== 0 || version === undefined || version > 5 || length !== 8) return undefined
  if (levels === undefined || levels > deepest || ((unused ?? 0) & 1) !== 0) return undefined
  const kind = Object.values(hashKinds).find((known): known is HashKind => known === version % 3)
  return kind === undefined ? undefined : { kind, unsigned: version >= 3 || superblock.unsignedHash, levels }
}

/** Names of one hash may go on in the next block; its hash in the index then has the lowest bit set. */
async function below(search: Search, { entries }: IndexBlock, levels: number): Promise<Entry | undefined | 'unusable'> {
  let at = Math.max(
    0,
    entries.findLastIndex((entry) => entry.hash <= search.hash),
  )
  for (; ; at++) {
    const found = await inChild(search, entries[at]?.block ?? 0, levels)
    if (found !== undefined) return found
    const next = entries[at + 1]
    if (next === undefined || (next.hash & ~1) >>> 0 !== search.hash) return undefined
  }
}

async function inChild(search: Search, logical: number, levels: number): Promise<Entry | undefined | 'unusable'> {
  const { volume, folder, signal } = search
  const block = search.left-- > 0 ? await blockOf(volume, folder, logical, signal) : undefined
  if (block === undefined || logical === 0 || isIndexBlock(logical, block) !== levels > 0) return 'unusable'
  if (levels > 0) return await below(search, parseIndexBlock(folder, logical, block), levels - 1)
  return entriesIn(folder, plainBlock(folder, block)).find(({ name }) => name.equals(search.name))
}

async function blockOf(
  volume: ExtVolume,
  folder: Inode,
  logical: number,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  if (logical * volume.superblock.blockBytes >= folder.sizeBytes) return undefined
  for await (const run of runsOf(volume, folder, { start: logical, end: logical + 1 }, signal)) {
    return await readBlocks(volume, run.physical, 1, signal)
  }
  throw damaged(`folder ${folder.number} has no block ${logical}`)
}
