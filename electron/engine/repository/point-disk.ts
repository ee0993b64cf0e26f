import { Failure } from '../../../shared/failure.ts'
import type { PointId } from '../../../shared/point.ts'
import { MiB } from '../../../shared/units.ts'
import { orAborted } from '../base/or-aborted.ts'
import { clip, type Extent, type Extents } from '../disk/extents.ts'
import { mappedChunks } from './chunk-list.ts'
import { findDifferences } from './differences.ts'
import { fromHex } from './format/bytes.ts'
import { type DiskMap, idAt, idsPerPage, isZeroId, pageIds, shapeOf } from './format/map.ts'
import { Lru } from './lru.ts'
import type { Parts } from './parts.ts'
import type { DiskBatch, OnRead, PointDisk } from './repository.ts'
import { planRuns } from './runs.ts'
import { scanDisk } from './scan.ts'

/** Opened chunks that are kept for the next read. */
const keptBytes = 64 * MiB

/** Fails with `point-not-found` when the point has no disk of that name. */
export async function openPointDisk(
  parts: Parts,
  pointId: PointId,
  diskName: string,
  signal: AbortSignal,
): Promise<PointDisk> {
  const manifest = await parts.points.manifest(pointId, signal)
  const disk = manifest.disks.find(({ name }) => name === diskName)
  if (disk === undefined) throw new Failure('point-not-found', `Point ${pointId} has no disk ${diskName}`)
  const shape = shapeOf(disk.sizeBytes, parts.config.chunkBytes)
  return new MappedDisk(parts, { root: fromHex(disk.mapRoot), shape }, disk.sizeBytes)
}

/** A disk of a point. Memory does not grow with its size: pages are loaded as they are needed, opened chunks are bounded. */
class MappedDisk implements PointDisk {
  readonly sizeBytes: number
  readonly #parts: Parts
  readonly #map: DiskMap
  readonly #kept: Lru<number, Uint8Array | undefined>
  readonly #closed = new AbortController()

  constructor(parts: Parts, map: DiskMap, sizeBytes: number) {
    this.#parts = parts
    this.#map = map
    this.sizeBytes = sizeBytes
    this.#kept = new Lru(Math.ceil(keptBytes / parts.config.chunkBytes))
  }

  async read(offset: number, into: Uint8Array, signal: AbortSignal): Promise<void> {
    const { chunkBytes } = this.#parts.config
    const end = offset + into.length
    if (offset < 0 || end > this.sizeBytes) throw new RangeError(`${offset} to ${end} is not on the disk`)
    for (let at = offset; at < end; ) {
      // No more than half of what can be kept at once, so that no chunk is gone again before it is used.
      const until = Math.min(end, at + keptBytes / 2)
      await this.#readPart(at, into.subarray(at - offset, until - offset), chunkBytes, signal)
      at = until
    }
  }

  async allocated(signal: AbortSignal): Promise<Extents> {
    const { chunkBytes } = this.#parts.config
    const extents: Extent[] = []
    const load = this.#parts.reader.pages(signal)
    for await (const { chunk } of mappedChunks(this.#map, 0, this.#map.shape.chunks, load)) {
      const start = chunk * chunkBytes
      const last = extents.at(-1)
      if (last?.end === start) extents[extents.length - 1] = { start: last.start, end: start + chunkBytes }
      else extents.push({ start, end: start + chunkBytes })
    }
    return clip(extents, this.sizeBytes)
  }

  scan(within: Extents, signal: AbortSignal): AsyncIterable<DiskBatch> {
    return scanDisk(this.#parts, this.#map, clip(within, this.sizeBytes), signal)
  }

  differences(other: Parameters<PointDisk['differences']>[0], onRead: OnRead, signal: AbortSignal): Promise<Extents> {
    return findDifferences(this.#parts, this.#map, this.sizeBytes, other, onRead, signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort()
    this.#kept.clear()
  }

  async #readPart(offset: number, into: Uint8Array, chunkBytes: number, signal: AbortSignal): Promise<void> {
    const first = Math.floor(offset / chunkBytes)
    const last = Math.floor((offset + into.length - 1) / chunkBytes)
    const chunks = await orAborted(this.#chunks(first, last), signal)
    for (const [at, bytes] of chunks.entries()) {
      const start = (first + at) * chunkBytes
      const from = Math.max(offset, start)
      const to = Math.min(offset + into.length, start + chunkBytes)
      const target = into.subarray(from - offset, to - offset)
      if (bytes === undefined) target.fill(0)
      else target.set(bytes.subarray(from - start, to - start))
    }
  }

  /** Chunks in order, undefined for zeroes. One reading serves everybody who asks meanwhile, so no caller's signal ends it. */
  async #chunks(first: number, last: number): Promise<readonly (Uint8Array | undefined)[]> {
    const chunks = Array.from({ length: last - first + 1 }, (_, at) => first + at)
    const missing = chunks.filter((chunk) => this.#kept.get(chunk) === undefined)
    const fetched = this.#fetch(missing)
    for (const chunk of missing)
      this.#kept.set(
        chunk,
        fetched.then((found) => found.get(chunk)),
      )
    return Promise.all(chunks.map((chunk) => this.#kept.get(chunk)))
  }

  async #fetch(chunks: readonly number[]): Promise<ReadonlyMap<number, Uint8Array>> {
    const { reader } = this.#parts
    const signal = this.#closed.signal
    const wanted = []
    for (const chunk of chunks) {
      const ids = await pageIds(this.#map, 1, Math.floor(chunk / idsPerPage), reader.pages(signal))
      const id = idAt(ids, chunk % idsPerPage)
      if (!isZeroId(id)) wanted.push(reader.want(id, [chunk]))
    }
    const opened = await Promise.all(planRuns(wanted).map((run) => reader.open(run, signal)))
    return new Map(opened.flat().flatMap(({ chunks: at, bytes }) => at.map((chunk) => [chunk, bytes.slice()] as const)))
  }
}
