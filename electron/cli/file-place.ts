import { Failure } from '../../shared/failure.ts'
import type { FilePath, FileRef, Volume, VolumeId } from '../../shared/files.ts'
import type { PointId } from '../../shared/point.ts'
import type { Session } from './session.ts'

type Calls = Session['calls']

/** Something that only the volume has from which a system starts. */
const rootMarks = ['/etc/passwd', '/Windows/System32']

/**
 * `vda/2:/etc/hosts`, or a path alone: then the volume is found that has it. Of several the one with the system on it is meant;
 * fails with `invalid-argument` where that leaves more than one, `file-not-found` where none has it.
 */
export async function placeOf(calls: Calls, pointId: PointId, text: string): Promise<FileRef> {
  const volumes = await calls.listVolumes({ pointId })
  const named = splitPlace(
    volumes.map(({ id }) => id),
    text,
  )
  if (named !== undefined) return { pointId, ...named }
  const path = needPath(text)
  const having = await those(volumes, (volumeId) => has(calls, { pointId, volumeId, path }))
  const isRoot = (volumeId: VolumeId): Promise<boolean> => hasSome(calls, pointId, volumeId, rootMarks)
  const meant = having.length > 1 ? await among(having, isRoot) : having
  const [volumeId, other] = meant
  if (volumeId === undefined) throw new Failure('file-not-found', `No volume has ${path}${unread(volumes)}`)
  if (other === undefined) return { pointId, volumeId, path }
  const choices = having.map((id) => `${id}:${path}`).join(', ')
  throw new Failure('invalid-argument', `Several volumes have ${path}: say which of ${choices}`)
}

/** Undefined where no volume is named. */
export function splitPlace(
  volumeIds: readonly VolumeId[],
  text: string,
): { readonly volumeId: VolumeId; readonly path: FilePath } | undefined {
  const volumeId = volumeIds.find((id) => text.startsWith(`${id}:/`))
  return volumeId === undefined ? undefined : { volumeId, path: text.slice(volumeId.length + 1) }
}

export function needPath(text: string): FilePath {
  if (text.startsWith('/')) return text
  throw new Failure('invalid-argument', `${text} is no path: it begins with / or with a volume of the point`)
}

/** The one with a system on it where there are several; all of them where that tells nothing. */
async function among(
  ids: readonly VolumeId[],
  isRoot: (id: VolumeId) => Promise<boolean>,
): Promise<readonly VolumeId[]> {
  const roots = await Promise.all(ids.map(async (id) => ((await isRoot(id)) ? [id] : [])))
  return roots.flat().length === 0 ? ids : roots.flat()
}

async function those(
  volumes: readonly Volume[],
  test: (id: VolumeId) => Promise<boolean>,
): Promise<readonly VolumeId[]> {
  const readable = volumes.filter(({ reader }) => reader !== undefined)
  return (await Promise.all(readable.map(async ({ id }) => ((await test(id)) ? [id] : [])))).flat()
}

async function hasSome(
  calls: Calls,
  pointId: PointId,
  volumeId: VolumeId,
  paths: readonly FilePath[],
): Promise<boolean> {
  const found = await Promise.all(paths.map((path) => has(calls, { pointId, volumeId, path })))
  return found.includes(true)
}

async function has(calls: Calls, ref: FileRef): Promise<boolean> {
  try {
    await calls.showFile(ref)
    return true
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'file-not-found') return false
    throw thrown
  }
}

function unread(volumes: readonly Volume[]): string {
  const names = volumes.filter(({ reader, refusal }) => reader === undefined && refusal !== 'no-files')
  return names.length === 0 ? '' : `; not read: ${names.map(({ id, content }) => `${id} (${content})`).join(', ')}`
}
