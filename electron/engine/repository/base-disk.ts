import { Failure } from '../../../shared/failure.ts'
import type { PointId } from '../../../shared/point.ts'
import { idBytes, zeroId } from '../chunk/chunk.ts'
import { fromHex, toHex } from './format/bytes.ts'
import {
  type DiskMap,
  idAt,
  idsPerPage,
  isZeroId,
  type LoadPage,
  leaves,
  pageIds,
  shapeOf,
  widthOf,
} from './format/map.ts'
import type { Parts } from './parts.ts'

/** The disk that a new one begins as. */
export type BaseDisk = { readonly sizeBytes: number; readonly map: DiskMap }

/** Fails with `point-not-found` when the base has no such disk. Without a base the disk begins without bytes. */
export async function openBase(
  { config, points }: Parts,
  disk: { readonly name: string; readonly base: PointId | undefined },
  signal: AbortSignal,
): Promise<BaseDisk> {
  if (disk.base === undefined) return { sizeBytes: 0, map: { root: zeroId, shape: shapeOf(0, config.chunkBytes) } }
  const { disks } = await points.manifest(disk.base, signal)
  const found = disks.find(({ name }) => name === disk.name)
  if (found === undefined) throw new Failure('point-not-found', `Point ${disk.base} has no disk ${disk.name}`)
  const shape = shapeOf(found.sizeBytes, config.chunkBytes)
  return { sizeBytes: found.sizeBytes, map: { root: fromHex(found.mapRoot), shape } }
}

/**
 * Once something in the repository was found damaged, a point is built upon only when none of its chunks is concerned:
 * otherwise the damage would be handed on. Fails with `object-damaged`.
 */
export async function checkBase({ holdings, reader }: Parts, base: BaseDisk, signal: AbortSignal): Promise<void> {
  if (holdings.trustsAll) return
  const { map } = base
  for await (const { ids } of leaves(map, 0, widthOf(map.shape, 1), reader.pages(signal))) {
    for (let at = 0; at < ids.length / idBytes; at++) {
      const id = idAt(ids, at)
      if (isZeroId(id) || holdings.places.has(id)) continue
      throw new Failure('object-damaged', `The point to build on needs ${toHex(id)}, which is damaged or missing`)
    }
  }
}

/** The chunk that gets another length because the disk ends elsewhere now, or undefined where none does. */
export async function resizeLastChunk(
  { config, reader }: Parts,
  base: BaseDisk,
  sizeBytes: number,
  load: LoadPage,
  signal: AbortSignal,
): Promise<{ readonly chunk: number; readonly bytes: Uint8Array<ArrayBuffer> } | undefined> {
  const { chunkBytes } = config
  const border = Math.min(base.sizeBytes, sizeBytes)
  if (base.sizeBytes === sizeBytes || border % chunkBytes === 0) return undefined
  const chunk = Math.floor(border / chunkBytes)
  const ids = await pageIds(base.map, 1, Math.floor(chunk / idsPerPage), load)
  const id = idAt(ids, chunk % idsPerPage)
  if (isZeroId(id)) return undefined
  const bytes = new Uint8Array(Math.min(chunkBytes, sizeBytes - chunk * chunkBytes))
  bytes.set((await reader.one(id, signal)).subarray(0, bytes.length))
  return { chunk, bytes }
}
