import { Failure } from '../../../shared/failure.ts'
import type { MachineId } from '../../../shared/machine.ts'
import type { Point, PointId } from '../../../shared/point.ts'
import { idBytes, type RecordType, recordTypes } from '../chunk/chunk.ts'
import type { FinishedPack, Sealer } from '../chunk/pool.ts'
import { checkBase, openBase, resizeLastChunk } from './base-disk.ts'
import { catchUp } from './catch-up.ts'
import { type CommitOrder, commitPoint } from './commit.ts'
import { toHex } from './format/bytes.ts'
import type { Manifest } from './format/manifest.ts'
import { idAt, isZeroId, shapeOf } from './format/map.ts'
import { isDamage } from './holdings.ts'
import type { Hold } from './lease.ts'
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
  /** One lease is taken at a time. */
  readonly #leasing = new Turns()
  readonly #sweptBefore: number
  #hold: Hold | undefined
  readonly #maps = new Map<string, MapDraft>()
  #bytesSent = 0
  #bytesStored = 0
  #failure: { readonly thrown: unknown } | undefined

  constructor(parts: Parts, pointId: PointId, machineId: MachineId) {
    this.#parts = parts
    this.#pointId = pointId
    this.#machineId = machineId
    this.#sweptBefore = parts.ledger.state.swept.size
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
    await this.#lease(signal)
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
    await this.#lease(signal)
    const { chunkBytes } = this.#parts.config
    const sizeBytes = bytes.length
    const ids = await this.#seal(recordTypes.data, chunkBytes, Uint8Array.from(bytes), signal)
    const chunks = Array.from({ length: ids.length / idBytes }, (_, at) => toHex(idAt(ids, at)))
    return { role, path, sizeBytes, chunks }
  }

  async commit(facts: PointFacts, signal: AbortSignal): Promise<Point> {
    if (facts.id !== this.#pointId || facts.machineId !== this.#machineId)
      throw new RangeError('facts of another point')
    const roots = await this.#finish(signal)
    const order = { facts, roots, numbers: () => this.numbers, onSent: this.#onSent, sweptBefore: this.#sweptBefore }
    const early = this.#parts.plants.has('manifest-first') ? await this.#commit(order, signal) : undefined
    await this.#sealer.flush(signal)
    this.#throwIfFailed()
    if (this.#awaited.size > 0) throw new Failure('bug', `${this.#awaited.size} chunks of the point were never stored`)
    return early ?? this.#commit(order, signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort()
    await this.#sealer[Symbol.asyncDispose]()
    await this.#hold?.[Symbol.asyncDispose]()
  }

  async #finish(signal: AbortSignal): Promise<ReadonlyMap<string, Uint8Array>> {
    const roots = new Map<string, Uint8Array>()
    try {
      for (const [name, map] of this.#maps) {
        signal.throwIfAborted()
        roots.set(name, await map.finish())
      }
      return roots
    } catch (thrown) {
      throw await this.#whyMissing(thrown, signal)
    }
  }

  /** Pages of the base may have been swept since the lease was lost: then the repository is not damaged. */
  async #whyMissing(thrown: unknown, signal: AbortSignal): Promise<unknown> {
    if (!(thrown instanceof Failure) || !isDamage(thrown)) return thrown
    const { ledger, turns } = this.#parts
    await turns.run(async () => {
      await ledger.advance(signal)
      await catchUp(this.#parts, signal)
    })
    if (ledger.state.swept.size === this.#sweptBefore) return thrown
    return new Failure('lease-lost', 'What the point is built upon was cleared away meanwhile', { cause: thrown })
  }

  /** A lease that was lost is taken anew as long as nothing that the point needs went with it. */
  async #commit(order: Omit<CommitOrder, 'fence'>, signal: AbortSignal): Promise<Point> {
    for (;;) {
      const fence = await this.#lease(signal)
      try {
        return await commitPoint(this.#parts, { ...order, fence }, signal)
      } catch (thrown) {
        const isLost = thrown instanceof Failure && thrown.code === 'lease-lost'
        if (!isLost || this.#parts.leases.isLiving(fence)) throw thrown
      }
    }
  }

  /** Answers the fencing number of a lease that lives as far as is known. */
  #lease(signal: AbortSignal): Promise<number> {
    return this.#leasing.run(async () => {
      if (this.#hold !== undefined && this.#parts.leases.isLiving(this.#hold.fence)) return this.#hold.fence
      await this.#hold?.[Symbol.asyncDispose]()
      this.#hold = undefined
      this.#hold = await this.#parts.leases.hold('writer', signal)
      return this.#hold.fence
    })
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
    if (this.#parts.holdings.places.find(id) === undefined) await this.#sealer.flush(signal)
    this.#throwIfFailed()
    return this.#parts.reader.pages(signal)(id)
  }

  #throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.thrown
  }
}
