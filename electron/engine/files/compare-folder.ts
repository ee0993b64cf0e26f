import { Failure } from '../../../shared/failure.ts'
import type { ChangedFile, FileChange, FilePath, VolumeId } from '../../../shared/files.ts'
import type { FileSystem, FolderEntry } from '../guest/guest.ts'
import { entryOf } from './entry.ts'
import { join, locateFolder } from './path.ts'

/** Both listings are held at once, so a folder has its limit. */
const entriesLimit = 500_000
/** As many as one answer may have. */
const changesLimit = 200_000

/**
 * How the names of one folder differ between two moments, told by kind, size, time of the last write and, of links, target: no
 * content is read. A folder that is not there at one of them has no names. `before` or `after` is undefined where its point has
 * no such volume. Fails with `file-not-found` where neither has the folder, `invalid-argument` for folders too large to compare.
 */
export async function compareFolder(
  before: FileSystem | undefined,
  after: FileSystem | undefined,
  { volumeId, path }: { readonly volumeId: VolumeId; readonly path: FilePath },
  signal: AbortSignal,
): Promise<ChangedFile[]> {
  const [old, current] = await Promise.all([entriesIn(before, path, signal), entriesIn(after, path, signal)])
  if (old === undefined && current === undefined) throw new Failure('file-not-found', `Nothing lies at ${path}`)
  const changes = [...differences(old ?? new Map(), current ?? new Map())].map(([name, change, was, is]) => ({
    volumeId,
    path: join(path, name),
    change,
    ...(was === undefined ? {} : { before: entryOf(was) }),
    ...(is === undefined ? {} : { after: entryOf(is) }),
  }))
  if (changes.length > changesLimit)
    throw new Failure('invalid-argument', `${changes.length} names of ${path} differ, too many for one answer`)
  return changes
}

type Entries = ReadonlyMap<string, FolderEntry>
type Difference = readonly [name: string, change: FileChange, was: FolderEntry | undefined, is: FolderEntry | undefined]

function* differences(before: Entries, after: Entries): Generator<Difference> {
  for (const [name, entry] of after) {
    const was = before.get(name)
    if (was === undefined) yield [name, 'new', undefined, entry]
    else if (!isSame(was, entry)) yield [name, 'changed', was, entry]
  }
  for (const [name, entry] of before) if (!after.has(name)) yield [name, 'gone', entry, undefined]
}

async function entriesIn(
  fileSystem: FileSystem | undefined,
  path: FilePath,
  signal: AbortSignal,
): Promise<Entries | undefined> {
  const folder = fileSystem && (await locateFolder(fileSystem, path, signal).catch(ifMissing))
  if (fileSystem === undefined || folder === undefined) return undefined
  const entries = new Map<string, FolderEntry>()
  for await (const batch of fileSystem.list(folder, signal)) {
    for (const entry of batch) entries.set(entry.name, entry)
    if (entries.size > entriesLimit)
      throw new Failure('invalid-argument', `${path} has more than ${entriesLimit} entries, too many to compare`)
  }
  return entries
}

/** What is no folder there has no names either. */
function ifMissing(thrown: unknown): undefined {
  if (thrown instanceof Failure && ['file-not-found', 'invalid-argument'].includes(thrown.code)) return undefined
  throw thrown
}

function isSame({ facts: before, problem: was }: FolderEntry, { facts: after, problem: is }: FolderEntry): boolean {
  if (before === undefined || after === undefined) return before === after && was === is
  return (
    before.kind === after.kind &&
    before.sizeBytes === after.sizeBytes &&
    before.modifiedAt === after.modifiedAt &&
    before.target === after.target
  )
}
