import { Failure } from '../../../shared/failure.ts'
import type { PointId } from '../../../shared/point.ts'
import { forEachParallel } from '../base/parallel.ts'
import { recordTypes, zeroId } from '../chunk/chunk.ts'
import { chunkId } from '../chunk/seal.ts'
import type { ReadableDisk } from '../disk/disk.ts'
import { fromHex, join, toHex } from './format/bytes.ts'
import { idAt, idsIn, idsPerPage, isZeroId, loadIds, type MapShape, shapeOf } from './format/map.ts'
import { isDamage } from './holdings.ts'
import type { Mending } from './mend.ts'
import type { Parts } from './parts.ts'
import type { MendSource } from './repository.ts'

type DamagedDisk = {
  readonly pointId: PointId
  readonly name: string
  readonly sizeBytes: number
  readonly mapRoot: string
}

type Walk = {
  readonly parts: Parts
  readonly mending: Mending
  readonly shape: MapShape
  readonly sizeBytes: number
  /** The same disk elsewhere, opened when it is needed; undefined where nobody has it. */
  source(): Promise<ReadableDisk | undefined>
  readonly signal: AbortSignal
}

const chunksAtOnce = 4

/** Follows one disk's map, mends the pages on the way down and the chunks that they name. */
export async function mendDisk(
  parts: Parts,
  mending: Mending,
  source: MendSource,
  { pointId, name, sizeBytes, mapRoot }: DamagedDisk,
  signal: AbortSignal,
): Promise<void> {
  await using opened = new AsyncDisposableStack()
  let found: Promise<ReadableDisk | undefined> | undefined
  const open = async (): Promise<ReadableDisk | undefined> => {
    const disk = await source.openDisk(pointId, name, signal)
    if (disk !== undefined) opened.use(disk)
    return disk?.sizeBytes === sizeBytes ? disk : undefined
  }
  const shape = shapeOf(sizeBytes, parts.config.chunkBytes)
  const once = () => (found ??= open())
  const walk = { parts, mending, shape, sizeBytes, source: once, signal }
  if (shape.depth > 0) await mendPage(walk, shape.depth, 0, fromHex(mapRoot))
}

/** True when nothing at or below this page is damaged any more. */
async function mendPage(walk: Walk, level: number, page: number, id: Uint8Array): Promise<boolean> {
  const { mending, shape } = walk
  const key = toHex(id)
  if (isZeroId(id) || mending.whole.has(key)) return true
  const ids = await idsOf(walk, level, page, id)
  if (ids === undefined) return false
  let isWhole = !mending.needs(id)
  if (!isWhole) isWhole = await mending.again(recordTypes.page, id, async () => ids)
  const below = Array.from({ length: idsIn(shape, level, page) }, (_, at) => at)
  await forEachParallel(below, level === 1 ? chunksAtOnce : 1, async (at) => {
    const child = page * idsPerPage + at
    const mendChild = level === 1 ? mendChunk : mendBelow(level)
    if (!(await mendChild(walk, child, idAt(ids, at)))) isWhole = false
  })
  if (isWhole) mending.whole.add(key)
  return isWhole
}

function mendBelow(level: number) {
  return (walk: Walk, page: number, id: Uint8Array) => mendPage(walk, level - 1, page, id)
}

async function mendChunk(walk: Walk, chunk: number, id: Uint8Array): Promise<boolean> {
  if (isZeroId(id) || !walk.mending.needs(id)) return true
  return walk.mending.again(recordTypes.data, id, () => chunkFrom(walk, chunk))
}

/** A page's ids: from its pack where it opens, else made anew from the bytes of the disk elsewhere. */
async function idsOf(walk: Walk, level: number, page: number, id: Uint8Array): Promise<Uint8Array | undefined> {
  const { parts, shape, signal } = walk
  try {
    return await loadIds(shape, level, page, id, parts.reader.pages(signal))
  } catch (thrown) {
    if (!(thrown instanceof Failure) || !isDamage(thrown)) throw thrown
    const ids = await idsFrom(walk, level, page)
    return ids !== undefined && Buffer.compare(idFor(walk, recordTypes.page, ids), id) === 0 ? ids : undefined
  }
}

async function idsFrom(walk: Walk, level: number, page: number): Promise<Uint8Array | undefined> {
  const ids: Uint8Array[] = []
  for (let at = 0; at < idsIn(walk.shape, level, page); at++) {
    const child = page * idsPerPage + at
    const bytes = level === 1 ? await chunkFrom(walk, child) : await idsFrom(walk, level - 1, child)
    if (bytes === undefined) return undefined
    ids.push(idFor(walk, level === 1 ? recordTypes.data : recordTypes.page, bytes))
  }
  return join(...ids)
}

/** Undefined where the disk elsewhere is damaged too. */
async function chunkFrom(walk: Walk, chunk: number): Promise<Uint8Array | undefined> {
  const { parts, signal, sizeBytes } = walk
  const offset = chunk * parts.config.chunkBytes
  const bytes = new Uint8Array(Math.min(parts.config.chunkBytes, sizeBytes - offset))
  try {
    const disk = await walk.source()
    await disk?.read(offset, bytes, signal)
    return disk && bytes
  } catch (thrown) {
    if (thrown instanceof Failure && (isDamage(thrown) || thrown.code === 'point-not-found')) return undefined
    throw thrown
  }
}

/** Zeroes only have the zero id, chunks and pages alike. */
function idFor({ parts }: Walk, type: Parameters<typeof chunkId>[1], bytes: Uint8Array): Uint8Array {
  const isZero = bytes.every((byte) => byte === 0)
  return isZero ? zeroId : chunkId(parts.keys.chunks, type, bytes)
}
