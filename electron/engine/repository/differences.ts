import { forEachParallel } from '../base/parallel.ts'
import { idBytes } from '../chunk/chunk.ts'
import type { ReadableDisk } from '../disk/disk.ts'
import { alignTo, clip, cut, type Extent, type Extents, subtract, total, union } from '../disk/extents.ts'
import { mappedChunks } from './chunk-list.ts'
import { type DiskMap, idAt, idsPerPage, type LoadPage, pageIds } from './format/map.ts'
import type { Parts } from './parts.ts'
import type { OnRead } from './repository.ts'

const readsAtOnce = 4
const chunksPerRead = 16

/**
 * Chunk-aligned ranges in which `other` differs from the disk of this map, told by ids: the repository's chunks are not
 * fetched. Where `other` says it is zero, or ends, it is not read.
 */
export async function findDifferences(
  parts: Parts,
  map: DiskMap,
  sizeBytes: number,
  other: ReadableDisk,
  onRead: OnRead,
  signal: AbortSignal,
): Promise<Extents> {
  const { chunkBytes } = parts.config
  const load = parts.reader.pages(signal)
  const border = Math.min(sizeBytes, other.sizeBytes)
  const toRead = clip(alignTo(await other.allocated(signal), chunkBytes), border)
  const unread = subtract([{ start: 0, end: sizeBytes }], toRead)
  const totalBytes = total(toRead)
  const differing: Extent[] = []
  for (const extent of unread) differing.push(...(await mappedIn(map, extent, chunkBytes, load)))
  await forEachParallel(cut(toRead, chunksPerRead * chunkBytes), readsAtOnce, async (range) => {
    differing.push(...(await differencesIn(parts, map, other, range, signal)))
    await onRead(range.end - range.start, totalBytes)
  })
  return clip(union(differing), sizeBytes)
}

/** Where `other` is zero, whatever the map names differs. */
async function mappedIn(map: DiskMap, { start, end }: Extent, chunkBytes: number, load: LoadPage): Promise<Extents> {
  const mapped: Extent[] = []
  const chunks = mappedChunks(map, Math.floor(start / chunkBytes), Math.ceil(end / chunkBytes), load)
  for await (const { chunk } of chunks) {
    const last = mapped.at(-1)
    const next = { start: chunk * chunkBytes, end: (chunk + 1) * chunkBytes }
    if (last?.end === next.start) mapped[mapped.length - 1] = { start: last.start, end: next.end }
    else mapped.push(next)
  }
  return mapped
}

async function differencesIn(
  { config, keys, pool, reader }: Parts,
  map: DiskMap,
  other: ReadableDisk,
  range: Extent,
  signal: AbortSignal,
): Promise<Extents> {
  const { chunkBytes } = config
  const bytes = new Uint8Array(range.end - range.start)
  await other.read(range.start, bytes, signal)
  const ids = await pool.identify(keys.chunks, chunkBytes, bytes, signal)
  const differing: Extent[] = []
  for (let at = 0; at < ids.length / idBytes; at++) {
    const chunk = range.start / chunkBytes + at
    const page = await pageIds(map, 1, Math.floor(chunk / idsPerPage), reader.pages(signal))
    if (Buffer.compare(idAt(page, chunk % idsPerPage), idAt(ids, at)) === 0) continue
    differing.push({ start: chunk * chunkBytes, end: (chunk + 1) * chunkBytes })
  }
  return differing
}
