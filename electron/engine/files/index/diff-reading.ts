import { Failure } from '../../../../shared/failure.ts'
import type { ChangedFile, FileEntry, FilePath, VolumeId } from '../../../../shared/files.ts'
import type { FileSystem, FolderEntry, NodeRef } from '../../guest/guest.ts'
import { entryOf } from '../entry.ts'
import { join, locateFolder, namesIn } from '../path.ts'

/** One volume at two moments; undefined where a point has no such volume. */
export type Sides = { readonly before: FileSystem | undefined; readonly after: FileSystem | undefined }

export type ReadQuestion = {
  readonly volumeId: VolumeId
  readonly path: FilePath
  /** The last path that was looked at, where this goes on. */
  readonly after: FilePath | undefined
  readonly limit: number
}

export type ReadPart = { readonly changes: readonly ChangedFile[]; readonly next: FilePath | undefined }

/** Folders that one part of the work may list. */
const foldersAtOnce = 500
/** Both listings of a folder are held at once, so a folder has its limit. */
const entriesLimit = 500_000

type Entries = ReadonlyMap<string, FolderEntry>
/** A folder on each side, with those that it lies in. */
type Place = { readonly path: FilePath; readonly before: readonly NodeRef[]; readonly after: readonly NodeRef[] }

/**
 * What differs below a path, told by kind, size and time of the last write, by reading both sides: folder by folder, in the order of
 * names, what lies in a folder right behind it. A bounded part of the work at a time: a part may have no changes and yet a `next`. A
 * folder that is one on both sides has not changed: what is in it may have. Fails with `file-not-found` where neither side has the path.
 */
export async function diffByReading(sides: Sides, question: ReadQuestion, signal: AbortSignal): Promise<ReadPart> {
  const { path, after } = question
  const [before, current] = await Promise.all([topOf(sides.before, path, signal), topOf(sides.after, path, signal)])
  if (before === undefined && current === undefined) throw new Failure('file-not-found', `Nothing lies at ${path}`)
  const place = { path, before: before === undefined ? [] : [before], after: current === undefined ? [] : [current] }
  const reading = new Reading(sides, question, signal)
  await reading.visit(place, after === undefined ? undefined : namesIn(after).slice(namesIn(path).length))
  return { changes: reading.changes, next: reading.next }
}

async function topOf(side: FileSystem | undefined, path: FilePath, signal: AbortSignal): Promise<NodeRef | undefined> {
  try {
    return side && (await locateFolder(side, path, signal))
  } catch (thrown) {
    if (thrown instanceof Failure && ['file-not-found', 'invalid-argument'].includes(thrown.code)) return undefined
    throw thrown
  }
}

class Reading {
  readonly changes: ChangedFile[] = []
  /** Where the following part goes on; undefined as long as nothing was left out. */
  next: FilePath | undefined
  readonly #sides: Sides
  readonly #question: ReadQuestion
  readonly #signal: AbortSignal
  #folders = 0

  constructor(sides: Sides, question: ReadQuestion, signal: AbortSignal) {
    this.#sides = sides
    this.#question = question
    this.#signal = signal
  }

  /** `resume` is what of the path that was looked at last lies below this folder. */
  async visit(place: Place, resume: readonly string[] | undefined): Promise<void> {
    this.#folders++
    const before = await entriesIn(this.#sides.before, place.before.at(-1), place.path, this.#signal)
    const after = await entriesIn(this.#sides.after, place.after.at(-1), place.path, this.#signal)
    const [done, ...below] = resume ?? []
    const names = [...new Set([...before.keys(), ...after.keys()])].sort(byUnits)
    for (const name of names.filter((each) => done === undefined || byUnits(each, done) >= 0)) {
      const [was, is] = [before.get(name), after.get(name)]
      const inner = { path: join(place.path, name), before: within(place.before, was), after: within(place.after, is) }
      if (name !== done) this.#compare(inner.path, was, is)
      if (this.next === undefined) await this.#enter(inner, name === done ? below : undefined)
      if (this.next !== undefined) return
    }
  }

  async #enter(place: Place, resume: readonly string[] | undefined): Promise<void> {
    if (place.before.length + place.after.length > 0) await this.visit(place, resume)
  }

  #compare(path: FilePath, was: FolderEntry | undefined, is: FolderEntry | undefined): void {
    const before = was && entryOf(was)
    const after = is && entryOf(is)
    const change = changeOf(before, after)
    if (change !== undefined) {
      const entries = { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }
      this.changes.push({ volumeId: this.#question.volumeId, path, change, ...entries })
    }
    if (this.changes.length >= this.#question.limit || this.#folders >= foldersAtOnce) this.next = path
  }
}

function changeOf(before: FileEntry | undefined, after: FileEntry | undefined): ChangedFile['change'] | undefined {
  if (before === undefined || after === undefined) return before === undefined ? 'new' : 'gone'
  if (before.kind === 'folder' && after.kind === 'folder') return undefined
  const isSame = before.kind === after.kind && before.sizeBytes === after.sizeBytes
  return isSame && before.modifiedAt === after.modifiedAt ? undefined : 'changed'
}

/** Nothing where it is no folder, or one in which it lies itself: a damaged file system may go in circles. */
function within(above: readonly NodeRef[], entry: FolderEntry | undefined): readonly NodeRef[] {
  return entry?.facts?.kind !== 'folder' || above.includes(entry.ref) ? [] : [...above, entry.ref]
}

async function entriesIn(
  side: FileSystem | undefined,
  ref: NodeRef | undefined,
  path: FilePath,
  signal: AbortSignal,
): Promise<Entries> {
  const entries = new Map<string, FolderEntry>()
  if (side === undefined || ref === undefined) return entries
  for await (const batch of side.list(ref, signal)) {
    for (const entry of batch) entries.set(entry.name, entry)
    if (entries.size > entriesLimit) {
      throw new Failure('invalid-argument', `${path} has more than ${entriesLimit} entries, too many to compare`)
    }
  }
  return entries
}

/** Not as a reader's language would: the order is the same wherever a cursor is read. */
function byUnits(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}
