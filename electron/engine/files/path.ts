import { Failure } from '../../../shared/failure.ts'
import type { FilePath } from '../../../shared/files.ts'
import type { FileSystem, FolderEntry, NodeRef } from '../guest/guest.ts'

/**
 * What lies at a path. Links are never followed, and `.` and `..` are names like any other that nothing has. Fails with
 * `file-not-found`, and with `file-system-damaged` where a folder on the way cannot be read.
 */
export async function locate(fileSystem: FileSystem, path: FilePath, signal: AbortSignal): Promise<FolderEntry> {
  const ref = fileSystem.root
  let entry: FolderEntry = { name: '', ref, facts: await fileSystem.facts(ref, signal) }
  for (const name of namesIn(path)) {
    const folder = needFolder(entry, path)
    const found = isDots(name) ? undefined : await fileSystem.find(folder, name, signal)
    if (found === undefined) throw new Failure('file-not-found', `Nothing lies at ${path}`)
    entry = found
  }
  return entry
}

/** As `locate`, of a folder; anything else there is `invalid-argument`. */
export async function locateFolder(fileSystem: FileSystem, path: FilePath, signal: AbortSignal): Promise<NodeRef> {
  const { facts, problem, ref } = await locate(fileSystem, path, signal)
  if (facts === undefined) throw new Failure('file-system-damaged', `${path} cannot be read: ${problem}`)
  if (facts.kind !== 'folder') throw new Failure('invalid-argument', `${path} is no folder but a ${facts.kind}`)
  return ref
}

/** The names on the way from the root; no guest has an empty one. */
export function namesIn(path: FilePath): readonly string[] {
  return path.split('/').filter((name) => name !== '')
}

export function join(folder: FilePath, name: string): FilePath {
  return folder.endsWith('/') ? `${folder}${name}` : `${folder}/${name}`
}

function needFolder({ facts, problem, ref }: FolderEntry, path: FilePath): NodeRef {
  if (facts === undefined) throw new Failure('file-system-damaged', `A folder on the way to ${path}: ${problem}`)
  if (facts.kind === 'folder') return ref
  throw new Failure('file-not-found', `A ${facts.kind} is on the way to ${path}`)
}

function isDots(name: string): boolean {
  return name === '.' || name === '..'
}
