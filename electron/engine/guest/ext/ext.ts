import { createHash } from 'node:crypto'
import { Failure } from '../../../../shared/failure.ts'
import type { VolumeNote } from '../../../../shared/files.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import type { Extents } from '../../disk/extents.ts'
import type { FileFacts, FileSystem, FolderEntry } from '../guest.ts'
import { nameFromBytes } from '../names.ts'
import { contentOf } from './content.ts'
import type { Entry } from './entries.ts'
import { factsOf } from './facts.ts'
import { kindOf } from './features.ts'
import { entriesOf, findEntry } from './folder.ts'
import { foreseen, type Inode, isKind, readInode, readInodes } from './inode.ts'
import { inodeTables } from './inode-tables.ts'
import { openJournal } from './journal/journal.ts'
import { findSuperblock, type Superblock, superblockAt } from './superblock.ts'
import type { ExtVolume } from './volume.ts'

const rootInode = 2
/** Entries whose inodes are read together: in a large folder they lie scattered, and the more are asked for, the nearer they are. */
const batchEntries = 4000

/** Opens ext2, ext3 or ext4. Fails with `volume-unsupported` for features that are not read, else with `file-system-damaged`. */
export async function openExt(disk: ReadableDisk, signal: AbortSignal): Promise<FileSystem> {
  const raw = await findSuperblock(disk, signal)
  const journal = await openJournal({ disk, superblock: raw }, signal)
  const superblock = journal.overlaid.length === 0 ? raw : await replayed(journal.disk, raw, signal)
  const notes = new Set<VolumeNote>(journal.notes)
  // A copy's state is that of the day on which it was written.
  if (superblock.group === 0 && !superblock.clean) notes.add('unclean')
  const ends = superblock.blocks * superblock.blockBytes > disk.sizeBytes
  if (superblock.group !== 0 || ends) notes.add('partly-damaged')
  const tables = await inodeTables({ disk: journal.disk, superblock }, signal)
  return new ExtFileSystem({ disk: journal.disk, superblock, tables }, [...notes], journal.overlaid)
}

/** The superblock may be among what the journal holds; one that makes no sense there is not taken. */
async function replayed(disk: ReadableDisk, raw: Superblock, signal: AbortSignal): Promise<Superblock> {
  if (raw.group !== 0) return raw
  const found = await foreseen(superblockAt(disk, 1024, 0, signal))
  return found instanceof Failure ? raw : found
}

class ExtFileSystem implements FileSystem {
  readonly content
  readonly label
  readonly uuid
  readonly notes
  readonly layout
  readonly overlaid
  readonly root = String(rootInode)
  readonly #volume: ExtVolume

  constructor(volume: ExtVolume, notes: readonly VolumeNote[], overlaid: Extents) {
    this.content = kindOf(volume.superblock.features)
    this.label = volume.superblock.label || undefined
    this.uuid = uuidText(volume.superblock.uuid)
    this.notes = notes
    this.layout = layoutOf(volume)
    this.overlaid = overlaid
    this.#volume = volume
  }

  async facts(ref: string, signal: AbortSignal): Promise<FileFacts> {
    return await factsOf(this.#volume, await this.#inode(ref, signal), signal)
  }

  async *list(ref: string, signal: AbortSignal): AsyncGenerator<readonly FolderEntry[]> {
    const folder = await this.#inode(ref, signal)
    let batch: Entry[] = []
    try {
      for await (const entries of entriesOf(this.#volume, folder, signal)) {
        batch.push(...entries)
        if (batch.length < batchEntries) continue
        yield await this.#described(batch, signal)
        batch = []
      }
    } catch (thrown) {
      if (thrown instanceof Failure && batch.length > 0) yield await this.#described(batch, signal)
      throw thrown
    }
    if (batch.length > 0) yield await this.#described(batch, signal)
  }

  async find(ref: string, name: string, signal: AbortSignal): Promise<FolderEntry | undefined> {
    const entry = await findEntry(this.#volume, await this.#inode(ref, signal), name, signal)
    return entry && (await this.#described([entry], signal))[0]
  }

  async open(ref: string, stream: string | undefined, signal: AbortSignal): Promise<ReadableDisk> {
    if (stream !== undefined) throw new Failure('file-not-found', 'ext has no streams beside the content')
    const inode = await this.#inode(ref, signal)
    if (!isKind(inode, 'file')) throw new Failure('invalid-argument', `inode ${ref} is no file`)
    return contentOf(this.#volume, inode)
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  async #inode(ref: string, signal: AbortSignal): Promise<Inode> {
    const number = /^[1-9]\d{0,9}$/.test(ref) ? Number(ref) : 0
    if (number < 1 || number > this.#volume.superblock.inodes) throw new Failure('file-not-found', `no inode is ${ref}`)
    return await readInode(this.#volume, number, signal)
  }

  async #described(entries: readonly Entry[], signal: AbortSignal): Promise<readonly FolderEntry[]> {
    const numbers = entries.map(({ inode }) => inode)
    const inodes = await readInodes(this.#volume, numbers, signal)
    const described: FolderEntry[] = []
    for (const { name, inode } of entries) {
      const entry = { name: nameFromBytes(name), ref: String(inode) }
      const facts = await foreseen(this.#factsOfEntry(inode, inodes.get(inode), signal))
      const failed = facts instanceof Failure
      described.push(failed ? { ...entry, facts: undefined, problem: facts.message } : { ...entry, facts })
    }
    return described
  }

  /** Inodes below the first free one are the file system's own, which no folder but the root may name. */
  async #factsOfEntry(number: number, inode: Inode | Failure | undefined, signal: AbortSignal): Promise<FileFacts> {
    const own = number < this.#volume.superblock.firstInode && number !== rootInode
    if (own) throw new Failure('file-system-damaged', `inode ${number} belongs to the file system itself`)
    if (inode instanceof Failure) throw inode
    if (inode === undefined) throw new Failure('file-not-found', `inode ${number} was not read`)
    return await factsOf(this.#volume, inode, signal)
  }
}

function uuidText(uuid: Buffer): string | undefined {
  if (uuid.every((byte) => byte === 0)) return undefined
  return uuid.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** Nothing that changes while files do: counts, states and times of the superblock are not in mind. */
function layoutOf({ superblock, tables }: ExtVolume): string {
  const { clean: _clean, group: _group, label: _label, features, ...held } = superblock
  const { incompatible, writeIncompatible, compatible } = features
  const recover = 0x4
  const known = { ...held, tables, incompatible: incompatible & ~recover, writeIncompatible, compatible }
  return createHash('sha256').update(JSON.stringify(known)).digest('hex')
}
