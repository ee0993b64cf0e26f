import { createHash } from 'node:crypto'
import type { VolumeNote } from '../../../../shared/files.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import type { FileSystem, FolderEntry, NodeRef } from '../guest.ts'
import { attributeTypes } from './attribute.ts'
import { readGeometry } from './boot.ts'
import { openContent } from './content.ts'
import { factsOf, factsWanted } from './facts.ts'
import { damaged, isDamage } from './fields.ts'
import { findInFolder, listFolder } from './listing.ts'
import type { Medium } from './medium.ts'
import { type Mft, openMft, readRecord } from './mft.ts'
import { gatherNode, loadNode, parseRef, refOf, streamOf } from './node.ts'
import type { FileReference } from './record.ts'
import { hasOpenJournal, isHibernated, readVolumeState } from './state.ts'
import { readStream } from './stream.ts'
import { compareFolded, parseUpCase, plainUpCase, type UpCase, upCaseBytes } from './upcase.ts'

const rootRecord = 5
const upCaseRecord = 10

/** What opening taught, and all that stays in memory. */
type Opened = { readonly mft: Mft; readonly root: FileReference; readonly capitals: Capitals }
type Capitals = { readonly upCase: UpCase; readonly isOwn: boolean }

/** Opens NTFS 3.x; see the README here for what is read and what is refused. Fails as `OpenFileSystem` does. */
export async function openNtfs(disk: ReadableDisk, signal: AbortSignal): Promise<FileSystem> {
  const { geometry, isBackup } = await readGeometry(disk, signal)
  const medium = { disk, geometry }
  const mft = await openMft(medium, signal)
  const { number, sequence } = await readRecord(mft, rootRecord, signal)
  const root = { number, sequence }
  const capitals = await readCapitals(mft, signal)
  const opened: Opened = { mft, root, capitals }
  const isWhole = !isBackup && !mft.isMirrored && capitals.isOwn && isOnDisk(medium)
  const { label, notes } = await readState(opened, isWhole ? [] : ['partly-damaged'], signal)
  return {
    content: 'ntfs',
    label,
    uuid: geometry.serial,
    notes,
    layout: layoutOf(opened),
    overlaid: [],
    root: refOf(root),
    facts: async (ref, asked) => await factsOf(mft, await loadNode(mft, parseRef(ref), factsWanted, asked), asked),
    list: (ref, asked) => listFolder(mft, parseRef(ref), asked),
    find: (ref, name, asked) => find(opened, ref, name, asked),
    open: (ref, stream, asked) => openContent(mft, parseRef(ref), stream, asked),
    async [Symbol.asyncDispose]() {},
  }
}

function isOnDisk({ disk, geometry }: Medium): boolean {
  return geometry.clusters * geometry.clusterBytes <= disk.sizeBytes
}

/** Where the master file table lies. That it grew at its end changes nothing of what was there. */
function layoutOf({ mft: { medium, runs }, root }: Opened): string {
  const { clusterBytes, recordBytes } = medium.geometry
  const hash = createHash('sha256')
  for (const numbers of [[clusterBytes, recordBytes, root.sequence], runs.vcns, runs.lcns]) {
    hash.update(Float64Array.of(numbers.length)).update(Float64Array.from(numbers))
  }
  return hash.digest('hex')
}

async function readCapitals(mft: Mft, signal: AbortSignal): Promise<Capitals> {
  try {
    const record = await readRecord(mft, upCaseRecord, signal)
    const node = await gatherNode(mft, record, ({ type }) => type === attributeTypes.data, signal)
    const stream = streamOf(mft, node, attributeTypes.data, '')
    if (stream === undefined) throw damaged('a volume without capitals')
    return { upCase: parseUpCase(await readStream(mft.medium, stream, upCaseBytes, signal)), isOwn: true }
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown
    return { upCase: plainUpCase(), isOwn: false }
  }
}

/** Damage of what only describes the volume costs a note, not its files. */
async function readState({ mft, root, capitals }: Opened, known: readonly VolumeNote[], signal: AbortSignal) {
  const notes = new Set<VolumeNote>(known)
  const orNote = async <T>(work: Promise<T>): Promise<T | undefined> => {
    try {
      return await work
    } catch (thrown) {
      if (!isDamage(thrown)) throw thrown
      notes.add('partly-damaged')
      return undefined
    }
  }
  const state = await orNote(readVolumeState(mft, signal))
  for (const note of state?.notes ?? []) notes.add(note)
  if (await orNote(hasOpenJournal(mft, signal))) notes.add('journal-ignored')
  if (await orNote(isHibernated(mft, capitals.upCase, root, signal))) notes.add('unclean')
  return { label: state?.label, notes: [...notes] }
}

/** By the tree; where the volume's own order is lost, by looking at all. */
async function find({ mft, capitals: { upCase, isOwn } }: Opened, ref: NodeRef, name: string, signal: AbortSignal) {
  if (isOwn) return await findInFolder(mft, upCase, parseRef(ref), name, signal)
  let folded: FolderEntry | undefined
  for await (const batch of listFolder(mft, parseRef(ref), signal)) {
    for (const entry of batch) {
      if (entry.name === name) return entry
      if (compareFolded(upCase, entry.name, name) === 0) folded ??= entry
    }
  }
  return folded
}
