import { Failure } from '../../../../shared/failure.ts'
import type { FilePath, VolumeId } from '../../../../shared/files.ts'
import type { PointId } from '../../../../shared/point.ts'
import type { FileSystem, FolderEntry, NodeRef } from '../../guest/guest.ts'
import { join, locate } from '../path.ts'
import type { Report } from './report.ts'
import { isOfSource, type Sink } from './sink.ts'

/** One file or folder that a person chose, on a volume that is open. */
export type Chosen = {
  readonly pointId: PointId
  readonly volumeId: VolumeId
  readonly fileSystem: FileSystem
  readonly path: FilePath
  readonly stream: string | undefined
}

export type Watch = {
  readonly report: Report
  /** Awaited before each entry and each piece of a file: waits while a run is paused. */
  pass(signal: AbortSignal): Promise<void>
}

/** Deeper no real tree is; every open folder costs a handle. */
const deepest = 200
const mostEntries = 50_000_000

type Round = Watch & {
  readonly fileSystem: FileSystem
  /** Tells this volume from all others. */
  readonly origin: string
  readonly sink: Sink
  readonly signal: AbortSignal
  /** Folders that were met: a folder has one place, so a second one means a loop, or one tree shown many times over. */
  readonly folders: Set<NodeRef>
  entries: number
}

/**
 * Takes one chosen file or folder, with all that is in it, to a sink. Links are never followed; devices, pipes and sockets are
 * left out; whatever cannot be read is reported and left out. Fails with `file-not-found`, and as the sink does.
 */
export async function walk(chosen: Chosen, sink: Sink, watch: Watch, signal: AbortSignal): Promise<void> {
  const { fileSystem, path, stream, pointId, volumeId } = chosen
  const found = await locate(fileSystem, path, signal)
  const entry = found.name === '' ? { ...found, name: volumeId.replaceAll('/', '-') } : found
  const origin = `${pointId} ${volumeId}`
  const round: Round = { ...watch, fileSystem, origin, sink, signal, folders: new Set(), entries: 0 }
  if (stream === undefined) await visit(round, entry, path, 0)
  else await visitStream(round, entry, path, stream)
}

async function visit(round: Round, entry: FolderEntry, path: string, depth: number): Promise<void> {
  await round.pass(round.signal)
  if (++round.entries > mostEntries) throw new Failure('file-system-damaged', 'The folders of this volume do not end')
  const { facts, name, ref } = entry
  if (facts === undefined) return round.report.skip(path, entry.problem ?? 'Nothing is known of it')
  switch (facts.kind) {
    case 'folder':
      return visitFolder(round, { path, name, facts }, ref, depth)
    case 'file':
      return visitFile(round, entry, path)
    case 'link':
      return round.sink.link({ path, name, facts })
    default:
      return round.report.skip(path, `A ${facts.kind} is never written`)
  }
}

type Folder = Parameters<Sink['enter']>[0]

async function visitFolder(round: Round, folder: Folder, ref: NodeRef, depth: number): Promise<void> {
  if (depth >= deepest) return round.report.skip(folder.path, `More than ${deepest} folders lie in each other`)
  if (round.folders.has(ref)) return round.report.skip(folder.path, 'A folder that was met before: it contains itself')
  round.folders.add(ref)
  if (!(await round.sink.enter(folder))) return
  await visitAll(round, folder, ref, depth)
  await round.sink.leave()
}

/** What is wrong with the list ends the list; whatever is wrong further down was told there. */
async function visitAll(round: Round, folder: Folder, ref: NodeRef, depth: number): Promise<void> {
  const batches = round.fileSystem.list(ref, round.signal)[Symbol.asyncIterator]()
  try {
    for (;;) {
      const batch = await nextOf(batches, round, folder)
      if (batch === undefined) return
      for (const entry of batch) await visit(round, entry, join(folder.path, entry.name), depth + 1)
    }
  } finally {
    await batches.return?.()
  }
}

async function nextOf(
  batches: AsyncIterator<readonly FolderEntry[]>,
  round: Round,
  folder: Folder,
): Promise<readonly FolderEntry[] | undefined> {
  try {
    const { done, value } = await batches.next()
    return done ? undefined : value
  } catch (thrown) {
    if (!isOfSource(thrown)) throw thrown
    round.report.skip(folder.path, `Not all of this folder can be read: ${thrown.message}`)
    return undefined
  }
}

function visitFile(round: Round, entry: FolderEntry, path: string): Promise<void> {
  const { facts, name, ref } = entry
  if (facts === undefined) return Promise.resolve()
  for (const stream of facts.streams ?? []) {
    if (stream.name !== downloadedFrom)
      round.report.skip(`${path}:${stream.name}`, 'An alternate stream is taken alone')
  }
  const node = (facts.links ?? 1) > 1 ? `${round.origin} ${ref}` : undefined
  return round.sink.file({ path, name, facts, node, open: () => round.fileSystem.open(ref, undefined, round.signal) })
}

/** Windows marks every file from the network with a stream of this name; to tell of each would hide the others. */
const downloadedFrom = 'Zone.Identifier'

function visitStream(round: Round, entry: FolderEntry, path: string, stream: string): Promise<void> {
  const { facts, ref } = entry
  const found = facts?.streams?.find((each) => each.name === stream)
  if (facts === undefined || found === undefined) {
    throw new Failure('file-not-found', `${path} has no stream of the name ${stream}`)
  }
  return round.sink.file({
    path: `${path}:${stream}`,
    name: `${entry.name}:${stream}`,
    facts: { ...facts, kind: 'file', sizeBytes: found.sizeBytes },
    node: undefined,
    open: () => round.fileSystem.open(ref, stream, round.signal),
  })
}
