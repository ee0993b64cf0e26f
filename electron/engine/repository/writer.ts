import { Failure } from '../../../shared/failure.ts'
import type { MachineId } from '../../../shared/machine.ts'
import type { Point, PointId } from '../../../shared/point.ts'
import { idBytes, type RecordType, recordTypes } from '../chunk/chunk.ts'
import type { FinishedPack, Sealer } from '../chunk/pool.ts'
import { checkBase, openBase, resizeLastChunk } from './base-disk.ts'
import { commitPoint } from './commit.ts'
import { toHex } from './format/bytes.ts'
import type { Manifest } from './format/manifest.ts'
import { idAt, isZeroId, shapeOf } from './format/map.ts'
import { MapDraft } from './map-draft.ts'
import type { Parts } from './parts.ts'
import type { DiskDraft, DraftNumbers, PointDraft, PointFacts } from './repository.ts'
import { Turns } from './turns.ts'

/**
 * A point under way. What it seals is stored as packs fill, and serves other points from then on; the point itself comes to
 * exist at the end of `commit`. The first failure of the store ends it: everything after that fails in the same way.
 */
export class Draft implements PointDraft {
  readonly #parts: Parts
  readonly #pointId: PointId
  readonly #machineId: MachineId
  readonly #sealer: Sealer
  readonly #ended = new AbortController()
  /** Ids that were answered and whose packs are not durable yet. Empty before a manifest may name them (I1). */
  readonly #awaited = new Set<string>()
  /** One flush at a time: a second one does not wait for what the first has taken in hand. */
  readonly #flushing = new Turns()
  readonly #maps = new Map<string, MapDraft>()
  #bytesSent = 0
  #bytesStored = 0
  #failure: { readonly thrown: unknown } | undefined

  constructor(parts: Parts, pointId: PointId, machineId: MachineId) {
    this.#parts = parts
    this.#pointId = pointId
    this.#machineId = machineId
    this.#sealer = parts.pool.sealer({
      keys: parts.keys.chunks,
      table: parts.holdings.places.table,
      packBytes: parts.packBytes,
      onPack: (pack) => this.#store(pack),
    })
  }

  get numbers(): DraftNumbers {
    return { bytesSent: this.#bytesSent, bytesStored: this.#bytesStored }
  }

  async addDisk(
    disk: { readonly name: string; readonly sizeBytes: number; readonly base: PointId | undefined },
    signal: AbortSignal,
  ): Promise<DiskDraft> {
    if (this.#maps.has(disk.name)) throw new RangeError(`${disk.name} is in the point already`)
    const { chunkBytes } = this.#parts.config
    const base = await openBase(this.#parts, disk, signal)
    await checkBase(this.#parts, base, signal)
    const load = (id: Uint8Array) => this.#loadPage(id, signal)
    const sealPage = (ids: Uint8Array<ArrayBuffer>) => this.#seal(recordTypes.page, ids.length, ids, this.#ended.signal)
    const map = new MapDraft(base.map, shapeOf(disk.sizeBytes, chunkBytes), load, sealPage)
    this.#maps.set(disk.name, map)
    const last = await resizeLastChunk(this.#parts, base, disk.sizeBytes, load, signal)
    if (last !== undefined) {
      map.set(last.chunk, await this.#seal(recordTypes.data, chunkBytes, last.bytes, signal))
    }
    return this.#diskDraft(map, chunkBytes)
  }

  async addAttachment(
    role: Manifest['attachments'][number]['role'],
    path: string,
    bytes: Uint8Array,
    signal: AbortSignal,
  ): Promise<Manifest['attachments'][number]> {
    const { chunkBytes } = this.#parts.config
    const sizeBytes = bytes.length
    const ids = await this.#seal(recordTypes.data, chunkBytes, Uint8Array.from(bytes), signal)
    const chunks = Array.from({ length: ids.length / idBytes }, (_, at) => toHex(idAt(ids, at)))
    return { role, path, sizeBytes, chunks }
  }

  async commit(facts: PointFacts, signal: AbortSignal): Promise<Point> {
    if (facts.id !== this.#pointId || facts.machineId !== this.#machineId)
      throw new RangeError('facts of another point')
    const roots = new Map<string, Uint8Array>()
    for (const [name, map] of this.#maps) {
      signal.throwIfAborted()
      roots.set(name, await map.finish())
    }
    const order = { facts, roots, numbers: () => this.numbers, onSent: this.#onSent }
    if (this.#parts.plants.has('manifest-first')) await commitPoint(this.#parts, order, signal)
    await this.#flushing.run(() => this.#sealer.flush(signal))
    this.#throwIfFailed()
    if (this.#awaited.size > 0) throw new Failure('bug', `${this.#awaited.size} chunks of the point were never stored`)
    return commitPoint(this.#parts, order, signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort()
    await this.#sealer[Symbol.asyncDispose]()
  }

  #diskDraft(map: MapDraft, chunkBytes: number): DiskDraft {
    return {
      write: async (offset, bytes, signal) => {
        if (offset % chunkBytes !== 0) throw new RangeError(`${offset} is not at the beginning of a chunk`)
        map.set(offset / chunkBytes, await this.#seal(recordTypes.data, chunkBytes, bytes, signal))
        await map.relieve()
      },
      zero: (extents) => {
        for (const { start, end } of extents) map.zero(Math.floor(start / chunkBytes), Math.ceil(end / chunkBytes))
      },
    }
  }

  readonly #onSent = (bytes: number, stored: boolean): void => {
    this.#bytesSent += bytes
    if (stored) this.#bytesStored += bytes
  }

  async #seal(
    type: RecordType,
    unitBytes: number,
    bytes: Uint8Array<ArrayBuffer>,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    this.#throwIfFailed()
    const ids = await this.#sealer.seal(type, unitBytes, bytes, signal)
    for (let at = 0; at < ids.length / idBytes; at++) {
      const id = idAt(ids, at)
      if (!isZeroId(id) && this.#parts.holdings.places.find(id) === undefined) this.#awaited.add(toHex(id))
    }
    return ids
  }

  async #store(pack: FinishedPack): Promise<void> {
    try {
      await this.#parts.holdings.store(pack, this.#onSent, this.#ended.signal)
      for (const { id } of pack.records) this.#awaited.delete(toHex(id))
    } catch (thrown) {
      this.#failure ??= { thrown }
      throw thrown
    }
  }

  /** A page that this draft sealed may not be stored yet. */
  async #loadPage(id: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    await this.#flushing.run(async () => {
      if (this.#parts.holdings.places.find(id) === undefined) await this.#sealer.flush(signal)
    })
    this.#throwIfFailed()
    return this.#parts.reader.pages(signal)(id)
  }

  #throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.thrown
  }
}
