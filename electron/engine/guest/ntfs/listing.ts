import { Failure } from '../../../../shared/failure.ts'
import type { FolderEntry, NodeRef } from '../guest.ts'
import { factsOf, factsWanted } from './facts.ts'
import { isDamage } from './fields.ts'
import { findKey, folderKeys, type Key, openFolder } from './folder.ts'
import { type Mft, readRecords } from './mft.ts'
import { gatherNode, needFile, refOf } from './node.ts'
import type { FileRecord, FileReference } from './record.ts'
import type { UpCase } from './upcase.ts'

const batchEntries = 2000
/** Below it lie the files of the file system itself, which Windows does not show either; above it are all others. */
const firstOwnFile = 16

/** As `FileSystem.list`. */
export async function* listFolder(
  mft: Mft,
  at: FileReference,
  signal: AbortSignal,
): AsyncGenerator<readonly FolderEntry[]> {
  let keys: Key[] = []
  for await (const more of folderKeys(await openFolder(mft, at, signal), signal)) {
    keys.push(...more.filter(isShown))
    if (keys.length < batchEntries) continue
    yield await entriesOf(mft, keys, signal)
    keys = []
  }
  if (keys.length > 0) yield await entriesOf(mft, keys, signal)
}

/** As `FileSystem.find`, by the tree. Short names are not found: nothing that is shown has them. */
export async function findInFolder(mft: Mft, upCase: UpCase, at: FileReference, name: string, signal: AbortSignal) {
  const key = await findKey(await openFolder(mft, at, signal), upCase, name, signal)
  if (key === undefined || !isShown(key)) return undefined
  return (await entriesOf(mft, [key], signal))[0]
}

function isShown({ isShort, file }: Key): boolean {
  return !isShort && file.number >= firstOwnFile
}

/**
 * What a folder's index says of times and sizes is a copy that may be old: the file's own record counts. One file of many names is
 * looked at once in a batch: its names may fill a hundred records.
 */
async function entriesOf(mft: Mft, keys: readonly Key[], signal: AbortSignal): Promise<readonly FolderEntry[]> {
  const numbers = keys.map(({ file }) => file.number)
  const records = await readRecords(mft, numbers, signal)
  const seen = new Map<NodeRef, Omit<FolderEntry, 'name'>>()
  const entries: FolderEntry[] = []
  for (const { name, file } of keys) {
    const ref = refOf(file)
    const entry = seen.get(ref) ?? (await entryOf(mft, file, records.get(file.number), signal))
    seen.set(ref, entry)
    entries.push({ name, ...entry })
  }
  return entries
}

async function entryOf(
  mft: Mft,
  file: FileReference,
  record: FileRecord | Error | undefined,
  signal: AbortSignal,
): Promise<Omit<FolderEntry, 'name'>> {
  const ref = refOf(file)
  try {
    if (record === undefined || record instanceof Error) throw record
    const node = await gatherNode(mft, needFile(record, file), factsWanted, signal)
    return { ref, facts: await factsOf(mft, node, signal) }
  } catch (thrown) {
    if (!isDamage(thrown) && !isGone(thrown)) throw thrown
    return { ref, facts: undefined, problem: thrown.message }
  }
}

function isGone(thrown: unknown): thrown is Failure {
  return thrown instanceof Failure && thrown.code === 'file-not-found'
}
