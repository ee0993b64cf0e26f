import { Failure } from '../../../shared/failure.ts'
import { idBytes, type RecordPlace } from '../chunk/chunk.ts'
import { fromHex, toHex } from './format/bytes.ts'
import type { Manifest } from './format/manifest.ts'
import { idAt, idsPerPage, isZeroId, loadIds, type MapShape, shapeOf } from './format/map.ts'
import { isDamage } from './holdings.ts'
import type { Parts } from './parts.ts'

/** Of what cannot be found or read nothing can be said. */
const unknown = Number.NEGATIVE_INFINITY

/** The least value of all records that a point needs. Pages that points share are followed once. */
export class LeastBelow {
  readonly #parts: Parts
  readonly #measure: (place: RecordPlace) => number
  readonly #pages = new Map<string, number>()

  constructor(parts: Parts, measure: (place: RecordPlace) => number) {
    this.#parts = parts
    this.#measure = measure
  }

  /** Infinity for a point that needs no record, −Infinity where one cannot be found. */
  async of({ attachments, disks }: Pick<Manifest, 'attachments' | 'disks'>, signal: AbortSignal): Promise<number> {
    let least = Number.POSITIVE_INFINITY
    for (const { chunks } of attachments) {
      for (const id of chunks) least = Math.min(least, this.#record(fromHex(id)))
    }
    for (const { mapRoot, sizeBytes } of disks) {
      const shape = shapeOf(sizeBytes, this.#parts.config.chunkBytes)
      least = Math.min(least, await this.#below(shape, shape.depth, 0, fromHex(mapRoot), signal))
    }
    return least
  }

  async #below(shape: MapShape, level: number, page: number, id: Uint8Array, signal: AbortSignal): Promise<number> {
    if (level === 0 || isZeroId(id)) return this.#record(id)
    const key = toHex(id)
    const known = this.#pages.get(key)
    if (known !== undefined) return known
    const least = Math.min(this.#record(id), await this.#inPage(shape, level, page, id, signal))
    this.#pages.set(key, least)
    return least
  }

  async #inPage(shape: MapShape, level: number, page: number, id: Uint8Array, signal: AbortSignal): Promise<number> {
    const ids = await this.#load(shape, level, page, id, signal)
    if (ids === undefined) return unknown
    let least = Number.POSITIVE_INFINITY
    for (let at = 0; at < ids.length / idBytes; at++) {
      const child = idAt(ids, at)
      const below =
        level === 1 ? this.#record(child) : this.#below(shape, level - 1, page * idsPerPage + at, child, signal)
      least = Math.min(least, typeof below === 'number' ? below : await below)
    }
    return least
  }

  async #load(
    shape: MapShape,
    level: number,
    page: number,
    id: Uint8Array,
    signal: AbortSignal,
  ): Promise<Uint8Array | undefined> {
    try {
      return await loadIds(shape, level, page, id, this.#parts.reader.pages(signal))
    } catch (thrown) {
      if (thrown instanceof Failure && isDamage(thrown)) return undefined
      throw thrown
    }
  }

  #record(id: Uint8Array): number {
    if (isZeroId(id)) return Number.POSITIVE_INFINITY
    const place = this.#parts.holdings.places.find(id)
    return place === undefined ? unknown : this.#measure(place)
  }
}
