import { Failure } from '../../../../shared/failure.ts'
import { nameFromBytes, nameToBytes } from '../names.ts'
import { needPlain } from './content.ts'
import { type Entry, entriesIn, plainBlock } from './entries.ts'
import { compatible } from './features.ts'
import { findByHash } from './htree.ts'
import { isIndexBlock, parseIndexBlock } from './index-block.ts'
import { inlineDataOf } from './inline-data.ts'
import { flags, foreseen, type Inode, isKind } from './inode.ts'
import { runsOf } from './runs.ts'
import { damaged, type ExtVolume, readBlocks } from './volume.ts'

/** An inline folder begins with the inode of the one above. */
const parentBytes = 4

export function needFolder(inode: Inode): void {
  if (!isKind(inode, 'folder')) throw new Failure('invalid-argument', `inode ${inode.number} is no folder`)
}

/**
 * The entries of a folder, block by block in the order of the disk. What a damaged block holds is left out, and the first such damage
 * is thrown when all others were told. Fails with `volume-unsupported` where the names are encrypted.
 */
export async function* entriesOf(
  volume: ExtVolume,
  folder: Inode,
  signal: AbortSignal,
): AsyncGenerator<readonly Entry[]> {
  needFolder(folder)
  needPlain(folder)
  if (folder.flags & flags.inlineData) {
    const { first, rest } = inlineDataOf(folder)
    yield entriesIn(folder, first.subarray(parentBytes))
    return yield entriesIn(folder, rest)
  }
  let failed: Failure | undefined
  for await (const { logical, physical } of blocksOf(volume, folder, signal)) {
    const read = await foreseen(entriesAt(volume, folder, { logical, physical }, signal))
    if (read instanceof Failure) failed ??= read
    else yield read
  }
  if (failed !== undefined) throw failed
}

type Place = { readonly logical: number; readonly physical: number }

/** A folder has no more blocks than the volume: more are an endless tale of one that is damaged. */
async function* blocksOf(volume: ExtVolume, folder: Inode, signal: AbortSignal): AsyncGenerator<Place> {
  const { blockBytes, blocks } = volume.superblock
  let left = blocks
  for await (const run of runsOf(volume, folder, { start: 0, end: Math.ceil(folder.sizeBytes / blockBytes) }, signal)) {
    for (let i = 0; i < run.count; i++) {
      signal.throwIfAborted()
      if (left-- === 0) throw damaged(`folder ${folder.number} is larger than its volume`)
      yield { logical: run.logical + i, physical: run.physical + i }
    }
  }
}

async function entriesAt(
  volume: ExtVolume,
  folder: Inode,
  { logical, physical }: Place,
  signal: AbortSignal,
): Promise<readonly Entry[]> {
  const block = await readBlocks(volume, physical, 1, signal)
  if (!isIndexed(volume, folder) || !isIndexBlock(logical, block)) return entriesIn(folder, plainBlock(folder, block))
  parseIndexBlock(folder, logical, block)
  return entriesIn(folder, block)
}

function isIndexed({ superblock }: ExtVolume, folder: Inode): boolean {
  return (superblock.features.compatible & compatible.folderIndex) !== 0 && (folder.flags & flags.indexed) !== 0
}

/** By the index where there is one that orders names as they are. */
export async function findEntry(
  volume: ExtVolume,
  folder: Inode,
  name: string,
  signal: AbortSignal,
): Promise<Entry | undefined> {
  needFolder(folder)
  needPlain(folder)
  if (folder.flags & flags.caseFolded) return await findFolded(volume, folder, name, signal)
  const bytes = nameToBytes(name)
  if (isIndexed(volume, folder) && !(folder.flags & flags.inlineData)) {
    const found = await findByHash(volume, folder, bytes, signal)
    if (found !== 'unusable') return found
  }
  for await (const entries of entriesOf(volume, folder, signal)) {
    const found = entries.find((entry) => entry.name.equals(bytes))
    if (found !== undefined) return found
  }
  return undefined
}

async function findFolded(volume: ExtVolume, folder: Inode, name: string, signal: AbortSignal) {
  const wanted = folded(name)
  for await (const entries of entriesOf(volume, folder, signal)) {
    const found = entries.find((entry) => folded(nameFromBytes(entry.name)) === wanted)
    if (found !== undefined) return found
  }
  return undefined
}

/** Names that the kernel takes for one: canonical decomposition, nothing ignorable, full case folding (Unicode's NFDI with CF). */
function folded(name: string): string {
  const plain = name.normalize('NFD').replace(/\p{Default_Ignorable_Code_Point}/gu, '')
  return plain.toUpperCase().toLowerCase().normalize('NFD')
}
