import { damaged } from '../damage.ts'
import type { Inode } from '../inode.ts'
import type { XfsVolume } from '../volume.ts'
import { type DataBlock, entriesOf, entryAt, readDataBlock } from './data-block.ts'
import { dataBlocksOf } from './folder-block.ts'
import { hashOfName, isOwnOrParent, lowered, type NamedInode } from './name.ts'
import { placesOf } from './name-index.ts'
import { shortFormEntries } from './short-form.ts'

/** The names of a folder without `.` and `..`, one array per block of the disk, in its order. */
export async function* namesOf(
  volume: XfsVolume,
  inode: Inode,
  signal: AbortSignal,
): AsyncGenerator<readonly NamedInode[]> {
  if (inode.form === 'local') {
    yield [...shortFormEntries(inode, volume.geometry.namesHaveKinds)]
    return
  }
  for await (const number of dataBlocksOf(volume, inode, signal)) {
    signal.throwIfAborted()
    const block = await readDataBlock(volume, inode, number, signal)
    if (block !== undefined) yield [...entriesOf(block)].filter(({ name }) => !isOwnOrParent(name))
  }
}

/** By the index on the disk where there is one. Where case is ignored, the very name wins over one in other letters. */
export async function findName(
  volume: XfsVolume,
  inode: Inode,
  name: Buffer,
  signal: AbortSignal,
): Promise<NamedInode | undefined> {
  if (isOwnOrParent(name)) return undefined
  const { ignoresCase } = volume.geometry
  const wanted = ignoresCase ? lowered(name) : name
  let similar: NamedInode | undefined
  for await (const candidates of candidatesFor(volume, inode, wanted, signal)) {
    const same = candidates.find((candidate) => candidate.name.equals(name))
    if (same !== undefined) return same
    if (ignoresCase) similar ??= candidates.find((candidate) => lowered(candidate.name).equals(wanted))
  }
  return similar
}

async function* candidatesFor(
  volume: XfsVolume,
  inode: Inode,
  wanted: Buffer,
  signal: AbortSignal,
): AsyncGenerator<readonly NamedInode[]> {
  const oneBlock = inode.sizeBytes === volume.geometry.folderBlockBytes
  // Tools and kernels have not always agreed on the case of letters that are not ASCII, and so not on their hash.
  const unsureHash = volume.geometry.ignoresCase && wanted.some((byte) => byte >= 0x80)
  if (inode.form === 'local' || oneBlock || unsureHash) return yield* namesOf(volume, inode, signal)
  for await (const place of placesOf(volume, inode, hashOfName(wanted), signal)) {
    yield [await entryAtPlace(volume, inode, place, signal)]
  }
}

async function entryAtPlace(volume: XfsVolume, inode: Inode, place: number, signal: AbortSignal): Promise<NamedInode> {
  const { folderBlockBytes, blockBytes } = volume.geometry
  const inBlock = place % folderBlockBytes
  const block: DataBlock | undefined = await readDataBlock(volume, inode, (place - inBlock) / blockBytes, signal)
  if (block === undefined) throw damaged(`the index of folder ${inode.number} names a block that is not there`)
  return entryAt(block, inBlock)
}
