import { Failure } from '../../../../../shared/failure.ts'
import type { VolumeNote } from '../../../../../shared/files.ts'
import type { ReadableDisk } from '../../../disk/disk.ts'
import type { Extents } from '../../../disk/extents.ts'
import { contentOf } from '../content.ts'
import { compatible, incompatible } from '../features.ts'
import { foreseen, isKind, readInode } from '../inode.ts'
import { damaged, type ExtVolume, readBytes } from '../volume.ts'
import { type LogHeader, parseLogHeader } from './header.ts'
import { overlaidDisk } from './overlay.ts'
import { scanLog } from './scan.ts'

/** `disk` is what the volume would be after mounting it. */
export type Replay = {
  readonly disk: ReadableDisk
  readonly notes: readonly VolumeNote[]
  readonly overlaid: Extents
}

/** Never fails for what is wrong with a journal: then the volume is shown as it lies there, and the notes say so. */
export async function openJournal(volume: ExtVolume, signal: AbortSignal): Promise<Replay> {
  const { features, group } = volume.superblock
  const asIs = { disk: volume.disk, overlaid: [] }
  const dirty = (features.incompatible & incompatible.recover) !== 0
  const unclean: readonly VolumeNote[] = dirty ? ['unclean'] : []
  // A copy of the superblock was not told that the volume was mounted: the journal itself must say.
  if (!dirty && (group === 0 || (features.compatible & compatible.journal) === 0)) return { ...asIs, notes: [] }
  const replay = await foreseen(replayOf(volume, signal))
  if (replay instanceof Failure) return { ...asIs, notes: [...unclean, 'journal-ignored'] }
  return { ...replay, notes: [...unclean, ...replay.notes] }
}

async function replayOf(volume: ExtVolume, signal: AbortSignal): Promise<Replay> {
  const { journalInode, blockBytes } = volume.superblock
  if (journalInode === 0) throw damaged('the journal lies on another device')
  const inode = await readInode(volume, journalInode, signal)
  if (!isKind(inode, 'file')) throw damaged('the journal is no file')
  const journal = contentOf(volume, inode)
  const log = parseLogHeader(await readBytes({ disk: journal }, 0, 1024, signal), journal.sizeBytes / blockBytes)
  if (log.blockBytes !== blockBytes) throw damaged('the journal has another block size than the volume')
  if (log.start === 0) return { disk: volume.disk, notes: [], overlaid: [] }
  const { blocks, torn, sequence } = await scanLog(log, (at) => blockAt(journal, log, at, signal), signal)
  const missing = torn || (await hasFastCommits(journal, log, sequence, signal))
  const notes: readonly VolumeNote[] = missing ? ['journal-ignored'] : []
  if (blocks.length === 0) return { disk: volume.disk, notes, overlaid: [] }
  return { ...overlaidDisk(volume.disk, { journal, log }, blocks), notes: ['journal-replayed', ...notes] }
}

async function blockAt(journal: ReadableDisk, log: LogHeader, at: number, signal: AbortSignal): Promise<Buffer> {
  return await readBytes({ disk: journal }, at * log.blockBytes, log.blockBytes, signal)
}

const fastCommitHead = 9

/** Fast commits follow the last whole transaction; the first begins with a head that tells which one that is. */
async function hasFastCommits(journal: ReadableDisk, log: LogHeader, sequence: number, signal: AbortSignal) {
  if (log.fastCommits === undefined) return false
  const first = await blockAt(journal, log, log.fastCommits, signal)
  return first.readUInt16LE(0) === fastCommitHead && first.readUInt32LE(8) === sequence
}
