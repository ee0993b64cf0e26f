import { Failure } from '../../../shared/failure.ts'
import type { PointId } from '../../../shared/point.ts'
import { zeroId } from '../chunk/chunk.ts'
import { clip, type Extent, type Extents } from '../disk/extents.ts'
import { openBase } from './base-disk.ts'
import { type DiskMap, idAt, idsIn, idsPerPage, type LoadPage, loadIds } from './format/map.ts'
import type { Parts } from './parts.ts'
import { Tracer } from './trace.ts'

/**
 * Chunk-aligned ranges in which the disk of `pointId` differs from the one of `base`, told by their maps: pages that both share
 * are not read. Where the disks are of different sizes, the base counts as cut or filled up with zeroes. Fails with
 * `point-not-found`, and as reading the maps does.
 */
export async function changedSince(
  parts: Parts,
  base: PointId,
  pointId: PointId,
  diskName: string,
  signal: AbortSignal,
): Promise<Extents> {
  const before = await openBase(parts, { name: diskName, base }, signal)
  const after = await openBase(parts, { name: diskName, base: pointId }, signal)
  const { chunkBytes } = parts.config
  const extents: Extent[] = []
  for await (const chunk of changedChunks(before.map, after.map, parts.reader.pages(signal))) {
    const start = chunk * chunkBytes
    const last = extents.at(-1)
    if (last?.end === start) extents[extents.length - 1] = { start: last.start, end: start + chunkBytes }
    else extents.push({ start, end: start + chunkBytes })
  }
  return clip(extents, after.sizeBytes)
}

/** Names of the packs that a point needs. Fails with `object-damaged` when one of its chunks or pages cannot be found. */
export async function packsOfPoint(parts: Parts, pointId: PointId, signal: AbortSignal): Promise<readonly string[]> {
  const packs = new Set<number>()
  const tracer = new Tracer(parts, ({ pack }) => {
    packs.add(pack)
    return undefined
  })
  const [lost] = await tracer.damageOf(await parts.points.manifest(pointId, signal), signal)
  if (lost !== undefined) throw new Failure('object-damaged', `${lost.object} ${lost.problem}`)
  return [...packs].map((pack) => parts.holdings.places.pack(pack).name)
}

/** The same place in both trees. An id is undefined above its tree's root. */
type Place = {
  readonly level: number
  readonly at: number
  readonly before: Uint8Array | undefined
  readonly after: Uint8Array | undefined
}

function changedChunks(before: DiskMap, after: DiskMap, load: LoadPage): AsyncGenerator<number> {
  const level = Math.max(before.shape.depth, after.shape.depth) + 1
  return chunksBelow(before, after, { level, at: 0, before: undefined, after: undefined }, load)
}

async function* chunksBelow(before: DiskMap, after: DiskMap, place: Place, load: LoadPage): AsyncGenerator<number> {
  const { level, at } = place
  if (isSame(place)) return
  if (level === 0) {
    yield at
    return
  }
  const old = await childrenOf(before, level, at, place.before, load)
  const now = await childrenOf(after, level, at, place.after, load)
  for (const [child, id] of now.entries()) {
    const same = { level: level - 1, at: at * idsPerPage + child }
    yield* chunksBelow(before, after, { ...same, before: child < old.length ? old[child] : zeroId, after: id }, load)
  }
}

function isSame({ before, after }: Place): boolean {
  return before !== undefined && after !== undefined && Buffer.compare(before, after) === 0
}

async function childrenOf(
  { root, shape }: DiskMap,
  level: number,
  page: number,
  id: Uint8Array | undefined,
  load: LoadPage,
): Promise<readonly (Uint8Array | undefined)[]> {
  if (level > shape.depth) return page > 0 ? [] : [level === shape.depth + 1 ? root : undefined]
  const ids = await loadIds(shape, level, page, id ?? zeroId, load)
  return Array.from({ length: idsIn(shape, level, page) }, (_, at) => idAt(ids, at))
}
