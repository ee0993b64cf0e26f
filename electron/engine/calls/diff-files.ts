import { setImmediate as afterOthers } from 'node:timers/promises'
import type { Argument, Result } from '../../../shared/contract.ts'
import { Failure } from '../../../shared/failure.ts'
import type { ChangedFile, VolumeId } from '../../../shared/files.ts'
import type { PointId } from '../../../shared/point.ts'
import { differences, knownInBoth } from '../catalog/files/differences.ts'
import { diffByReading } from '../files/index/diff-reading.ts'
import type { Rooms } from '../rooms.ts'
import { cursorOf, type DiffPlace, placeOf } from './diff-cursor.ts'

type Part = { readonly changes: readonly ChangedFile[]; readonly next: DiffPlace | undefined }

/**
 * A page of what differs from `from` to `to`: from what is known of files where that is everything of both points, else by reading
 * both. The way is chosen with the first page. `limit` is never exceeded; a page of fewer may have a next one.
 */
export async function diffFiles(
  rooms: Rooms,
  question: Argument<'diffFiles'>,
  signal: AbortSignal,
): Promise<Result<'diffFiles'>> {
  const changes: ChangedFile[] = []
  let at = question.cursor === undefined ? undefined : placeOf(question.cursor)
  const isKnown = at === undefined ? isWholeKnown(rooms, question) : at.kind === 'known'
  do {
    const part: Part = isKnown ? fromIndex(rooms, question, at) : await byReading(rooms, question, at, signal)
    changes.push(...part.changes)
    at = part.next
    await afterOthers(undefined, { signal })
  } while (at !== undefined && changes.length === 0)
  return at === undefined ? { changes } : { changes, next: cursorOf(at) }
}

function isWholeKnown({ fileCatalog }: Rooms, question: Argument<'diffFiles'>): boolean {
  return fileCatalog.read((tables) => knownInBoth(tables, question)) !== undefined
}

function fromIndex({ fileCatalog }: Rooms, question: Argument<'diffFiles'>, place: DiffPlace | undefined): Part {
  const at = place?.kind === 'known' ? place : undefined
  const part = fileCatalog.read((tables) => {
    const volumes = knownInBoth(tables, question)
    if (volumes === undefined) throw new Failure('invalid-argument', 'The points are not known any more: begin anew')
    return differences(tables, question, volumes, at, question.limit)
  })
  return { changes: part.changes, next: part.next === undefined ? undefined : { kind: 'known', ...part.next } }
}

async function byReading(
  rooms: Rooms,
  { from, to, volumeId, path = '/', limit }: Argument<'diffFiles'>,
  place: DiffPlace | undefined,
  signal: AbortSignal,
): Promise<Part> {
  const at = place?.kind === 'read' ? place : undefined
  const all = volumeId === undefined ? await readableVolumes(rooms, [from, to], signal) : [volumeId]
  const left = at === undefined ? all : all.slice(all.indexOf(at.volumeId))
  const current = left[0]
  if (current === undefined) return { changes: [], next: undefined }
  await using held = new AsyncDisposableStack()
  const [before, after] = [await hold(rooms, from, current, held, signal), await hold(rooms, to, current, held, signal)]
  const wanted = { volumeId: current, path, after: at?.path, limit }
  const part = await diffByReading({ before, after }, wanted, signal).catch(ifElsewhere(volumeId))
  if (part.next !== undefined)
    return { changes: part.changes, next: { kind: 'read', volumeId: current, path: part.next } }
  const following = left[1]
  return {
    changes: part.changes,
    next: following === undefined ? undefined : { kind: 'read', volumeId: following, path: undefined },
  }
}

/** Where all volumes are looked through, not every one has the path. */
function ifElsewhere(volumeId: VolumeId | undefined): (thrown: unknown) => { changes: readonly []; next: undefined } {
  return (thrown) => {
    const isMissing = thrown instanceof Failure && thrown.code === 'file-not-found'
    if (!isMissing || volumeId !== undefined) throw thrown
    return { changes: [], next: undefined }
  }
}

async function readableVolumes({ files }: Rooms, points: readonly PointId[], signal: AbortSignal): Promise<VolumeId[]> {
  const found = new Set<VolumeId>()
  for (const pointId of points) {
    for (const { id, reader } of await files.volumes(pointId, signal)) if (reader !== undefined) found.add(id)
  }
  return [...found].sort()
}

/** A disk that was added since has no files in the point before. */
async function hold(
  { files }: Rooms,
  pointId: PointId,
  volumeId: VolumeId,
  held: AsyncDisposableStack,
  signal: AbortSignal,
) {
  try {
    return held.use(await files.hold(pointId, volumeId, signal)).fileSystem
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'volume-not-found') return undefined
    throw thrown
  }
}
