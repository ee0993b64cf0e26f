import { createHash } from 'node:crypto'
import { Failure } from '../../../../shared/failure.ts'
import type { VolumeNote } from '../../../../shared/files.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import { textOf, uuidText } from '../bytes.ts'
import type { FileFacts, FileSystem, FolderEntry, NodeRef } from '../guest.ts'
import { nameFromBytes, nameToBytes } from '../names.ts'
import { damaged } from './damage.ts'
import { factsOf } from './facts.ts'
import { needKnownFeatures, needsRepair } from './features.ts'
import { fileDisk } from './file-disk.ts'
import { findSuperblock } from './find-superblock.ts'
import { findName, namesOf } from './folder/folder.ts'
import type { NamedInode } from './folder/name.ts'
import { type Inode, readInode } from './inode.ts'
import { readInodes } from './inode-batch.ts'
import { type Replayed, replayLog } from './log/replay.ts'
import type { Superblock } from './superblock.ts'
import type { XfsVolume } from './volume.ts'

/** XFS of version 4 and 5, its log replayed in memory. */
export async function openXfs(disk: ReadableDisk, signal: AbortSignal): Promise<FileSystem> {
  const raw = await findSuperblock(disk, false, signal)
  needKnownFeatures(raw.superblock)
  const log = await replayLog(disk, raw.superblock, signal)
  // The log may hold a superblock too: of a volume that was made larger, or got another name.
  const isNew = log.kind === 'replayed' && log.touches(0, 512)
  const { superblock, primary } = isNew ? await findSuperblock(log.disk, true, signal) : raw
  needKnownFeatures(superblock)
  const volume = volumeOf(disk, superblock, log)
  const root = await readInode(volume, superblock.geometry.rootInode, signal)
  if (root.kind !== 'folder') throw damaged('its root is no folder')
  const isCut = superblock.geometry.totalBlocks * superblock.geometry.blockBytes > disk.sizeBytes
  const isPartly = !primary || isCut || needsRepair(superblock)
  return new XfsFileSystem(volume, superblock, log, notesOf(log, isPartly))
}

function volumeOf(disk: ReadableDisk, { geometry }: Superblock, log: Replayed): XfsVolume {
  if (log.kind !== 'replayed') return { disk, geometry, replayed: () => false, unfinished: new Set() }
  return { disk: log.disk, geometry, replayed: log.touches, unfinished: log.unfinished }
}

function notesOf({ kind }: Replayed, isPartly: boolean): readonly VolumeNote[] {
  const notes: VolumeNote[] = []
  if (kind === 'replayed') notes.push('journal-replayed')
  if (kind === 'ignored') notes.push('journal-ignored')
  if (isPartly) notes.push('partly-damaged')
  return notes
}

const mostTogether = 1024

class XfsFileSystem implements FileSystem {
  readonly content = 'xfs'
  readonly label: string | undefined
  readonly uuid: string | undefined
  readonly notes: readonly VolumeNote[]
  readonly layout: string
  readonly overlaid: FileSystem['overlaid']
  readonly root: NodeRef
  readonly #volume: XfsVolume

  constructor(volume: XfsVolume, superblock: Superblock, log: Replayed, notes: readonly VolumeNote[]) {
    this.#volume = volume
    this.label = textOf(superblock.label, 'utf8')
    this.uuid = uuidText(superblock.uuid)
    this.notes = notes
    this.layout = layoutOf(volume)
    this.overlaid = log.kind === 'replayed' ? log.overlaid : []
    this.root = String(superblock.geometry.rootInode)
  }

  async facts(ref: NodeRef, signal: AbortSignal): Promise<FileFacts> {
    return await factsOf(this.#volume, await this.#inode(ref, signal), signal)
  }

  async *list(ref: NodeRef, signal: AbortSignal): AsyncGenerator<readonly FolderEntry[]> {
    const folder = await this.#folder(ref, signal)
    let batch: NamedInode[] = []
    for await (const names of namesOf(this.#volume, folder, signal)) {
      batch = batch.concat(names)
      if (batch.length < mostTogether) continue
      yield await entriesOf(this.#volume, batch, signal)
      batch = []
    }
    if (batch.length > 0) yield await entriesOf(this.#volume, batch, signal)
  }

  async find(ref: NodeRef, name: string, signal: AbortSignal): Promise<FolderEntry | undefined> {
    const folder = await this.#folder(ref, signal)
    const found = await findName(this.#volume, folder, Buffer.from(nameToBytes(name)), signal)
    if (found === undefined) return undefined
    const [entry] = await entriesOf(this.#volume, [found], signal)
    return entry
  }

  async open(ref: NodeRef, stream: string | undefined, signal: AbortSignal): Promise<ReadableDisk> {
    const inode = await this.#inode(ref, signal)
    if (stream !== undefined) throw new Failure('file-not-found', 'XFS has no streams beside the content')
    if (inode.kind !== 'file') throw new Failure('invalid-argument', `XFS: inode ${ref} is no file`)
    return fileDisk(this.#volume, inode)
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  async #folder(ref: NodeRef, signal: AbortSignal): Promise<Inode> {
    const inode = await this.#inode(ref, signal)
    if (inode.kind !== 'folder') throw new Failure('invalid-argument', `XFS: inode ${ref} is no folder`)
    return inode
  }

  async #inode(ref: NodeRef, signal: AbortSignal): Promise<Inode> {
    if (!/^[1-9]\d{0,15}$/.test(ref)) throw new Failure('file-not-found', `XFS: ${ref} is no number of an inode`)
    return await readInode(this.#volume, Number(ref), signal)
  }
}

/** Geometry decides where everything is; what may not be opened is known from the log. Counters of free space do not matter. */
function layoutOf({ geometry, unfinished }: XfsVolume): string {
  const told = { ...geometry, metaUuid: geometry.metaUuid.toString('hex'), unfinished: [...unfinished] }
  return createHash('sha256').update(JSON.stringify(told)).digest('hex')
}

async function entriesOf(
  volume: XfsVolume,
  names: readonly NamedInode[],
  signal: AbortSignal,
): Promise<readonly FolderEntry[]> {
  const inodes = names.map(({ inode }) => inode)
  const inodeOf = await readInodes(volume, inodes, signal)
  const entries: FolderEntry[] = []
  for (const named of names) entries.push(await entryOf(volume, named, inodeOf, signal))
  return entries
}

/** What cannot be read of one entry is a problem of that entry alone. */
async function entryOf(
  volume: XfsVolume,
  named: NamedInode,
  inodeOf: (number: number) => Inode,
  signal: AbortSignal,
): Promise<FolderEntry> {
  const entry = { name: nameFromBytes(named.name), ref: String(named.inode) }
  try {
    return { ...entry, facts: await factsOf(volume, inodeOf(named.inode), signal) }
  } catch (thrown) {
    if (!(thrown instanceof Failure) || !entryFailures.has(thrown.code)) throw thrown
    return { ...entry, facts: undefined, problem: thrown.message }
  }
}

const entryFailures: ReadonlySet<string> = new Set(['file-system-damaged', 'file-not-found'])
