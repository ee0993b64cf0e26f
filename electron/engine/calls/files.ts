import type { Argument, Handlers, Result } from '../../../shared/contract.ts'
import { Failure } from '../../../shared/failure.ts'
import type { ChangedFile, FileRef } from '../../../shared/files.ts'
import type { PointId } from '../../../shared/point.ts'
import { compareFolder } from '../files/compare-folder.ts'
import { detailsOf, entryOf } from '../files/entry.ts'
import type { OpenedFiles } from '../files/opened.ts'
import { locate } from '../files/path.ts'
import type { FileFacts, FileSystem, FolderEntry } from '../guest/guest.ts'
import type { Rooms } from '../rooms.ts'

type FileCall = 'listVolumes' | 'unlockVolume' | 'listFiles' | 'showFile' | 'readFile' | 'compareFolder'

/** Files of points: volumes, folders, one file and its bytes, a folder at two moments. */
export function fileCalls(rooms: Rooms): Pick<Handlers<AbortSignal>, FileCall> {
  const { files, listings } = rooms
  return {
    listVolumes: async ({ pointId }, signal) => [...(await files.volumes(pointId, signal))],
    unlockVolume: async ({ pointId, volumeId, passphrase }, signal) => {
      await files.unlock(pointId, volumeId, passphrase, signal)
      return null
    },
    listFiles: async ({ pointId, volumeId, path, cursor, limit }, signal) => {
      const page = await listings.page({ pointId, volumeId, path }, positionOf(cursor), limit, signal)
      const entries = page.entries.map(entryOf)
      return page.next === undefined ? { entries } : { entries, next: String(page.next) }
    },
    showFile: (ref, signal) => onFile(files, ref, signal, async (_, entry) => showFile(entry, ref)),
    readFile: (wanted, signal) =>
      onFile(files, wanted, signal, (fileSystem, entry) => readFile(fileSystem, entry, wanted, signal)),
    compareFolder: (wanted, signal) => compare(rooms, wanted, signal),
  }
}

/** A cursor is how many entries were told; an old one stays good. */
function positionOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0
  const position = Number(cursor)
  if (/^\d{1,15}$/.test(cursor)) return position
  throw new Failure('invalid-argument', 'This cursor was not told by a page before')
}

function onFile<T>(
  files: OpenedFiles,
  { pointId, volumeId, path }: FileRef,
  signal: AbortSignal,
  work: (fileSystem: FileSystem, entry: FolderEntry) => Promise<T>,
): Promise<T> {
  return files.use(pointId, volumeId, signal, async ({ fileSystem }) =>
    work(fileSystem, await locate(fileSystem, path, signal)),
  )
}

/** Of a stream its size in the place of the file's. */
function showFile(entry: FolderEntry, { path, stream }: FileRef): Result<'showFile'> {
  const details = detailsOf(entry, path)
  return stream === undefined ? details : { ...details, sizeBytes: needStream(entry.facts, path, stream) }
}

async function readFile(
  fileSystem: FileSystem,
  { facts, problem, ref }: FolderEntry,
  { path, stream, offset, lengthBytes }: Argument<'readFile'>,
  signal: AbortSignal,
): Promise<Result<'readFile'>> {
  if (facts === undefined) throw new Failure('file-system-damaged', `${path} cannot be read: ${problem}`)
  if (stream !== undefined) needStream(facts, path, stream)
  else if (facts.kind !== 'file') throw new Failure('invalid-argument', `${path} is no file but a ${facts.kind}`)
  await using file = await fileSystem.open(ref, stream, signal)
  const bytes = Buffer.alloc(Math.max(0, Math.min(lengthBytes, file.sizeBytes - offset)))
  if (bytes.length > 0) await file.read(offset, bytes, signal)
  return { base64: bytes.toString('base64'), sizeBytes: file.sizeBytes }
}

function needStream(facts: FileFacts | undefined, path: string, stream: string): number {
  const found = facts?.streams?.find(({ name }) => name === stream)
  if (found === undefined) throw new Failure('file-not-found', `${path} has no stream ${stream}`)
  return found.sizeBytes
}

/** Whichever point is named first: what is told is told of the later one. */
async function compare(
  rooms: Rooms,
  { pointId, against, volumeId, path }: Argument<'compareFolder'>,
  signal: AbortSignal,
): Promise<ChangedFile[]> {
  const [one, other] = await Promise.all([pointId, against].map((id) => madeAt(rooms, id, signal)))
  const [earlier, later] = (one ?? 0) < (other ?? 0) ? [pointId, against] : [against, pointId]
  await using held = new AsyncDisposableStack()
  const before = await rooms.files.hold(earlier, volumeId, signal).catch(ifNoVolume)
  if (before !== undefined) held.use(before)
  const after = await rooms.files.hold(later, volumeId, signal).catch(ifNoVolume)
  if (after !== undefined) held.use(after)
  if (before === undefined && after === undefined)
    throw new Failure('volume-not-found', `Neither point has a volume ${volumeId}`)
  return await compareFolder(before?.fileSystem, after?.fileSystem, { volumeId, path }, signal)
}

async function madeAt({ catalog, repositories }: Rooms, pointId: PointId, signal: AbortSignal): Promise<number> {
  const known = catalog.points.get(pointId, repositories.preferred())
  return (known ?? (await repositories.needPoint(pointId, signal)).point).createdAt
}

/** A disk that was added since. */
function ifNoVolume(thrown: unknown): undefined {
  if (thrown instanceof Failure && thrown.code === 'volume-not-found') return undefined
  throw thrown
}
