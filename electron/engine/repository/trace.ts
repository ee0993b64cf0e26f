import { Failure } from '../../../shared/failure.ts'
import { idBytes, type RecordPlace } from '../chunk/chunk.ts'
import { fromHex, toHex } from './format/bytes.ts'
import { packPath } from './format/index.ts'
import type { Manifest } from './format/manifest.ts'
import { idAt, idsPerPage, isZeroId, loadIds, type MapShape, shapeOf } from './format/map.ts'
import { isDamage } from './holdings.ts'
import type { Parts } from './parts.ts'
import type { RepositoryProblem } from './repository.ts'

type Damage = ReadonlyMap<string, string>

const none: Damage = new Map()

/** Finds which damaged objects a point needs, by following its maps. Pages that points share are followed once. */
export class Tracer {
  readonly #parts: Parts
  readonly #blame: (place: RecordPlace) => string | undefined
  readonly #pages = new Map<string, Damage>()

  /** `blame` is asked for every record that is needed, and names the object because of which it cannot be had. */
  constructor(parts: Parts, blame: (place: RecordPlace) => string | undefined) {
    this.#parts = parts
    this.#blame = blame
  }

  async damageOf(manifest: Manifest, signal: AbortSignal): Promise<readonly RepositoryProblem[]> {
    const damage = new Map<string, string>()
    for (const { chunks } of manifest.attachments) {
      for (const id of chunks) merge(damage, this.#record(fromHex(id)))
    }
    for (const { mapRoot, sizeBytes } of manifest.disks) {
      const shape = shapeOf(sizeBytes, this.#parts.config.chunkBytes)
      merge(damage, await this.#below(shape, shape.depth, 0, fromHex(mapRoot), signal))
    }
    return [...damage].map(([object, problem]) => ({ object, problem }))
  }

  async #below(shape: MapShape, level: number, page: number, id: Uint8Array, signal: AbortSignal): Promise<Damage> {
    const own = this.#record(id)
    if (level === 0 || own.size > 0 || isZeroId(id)) return own
    const key = toHex(id)
    const known = this.#pages.get(key)
    if (known !== undefined) return known
    const damage = await this.#inPage(shape, level, page, id, signal)
    this.#pages.set(key, damage)
    return damage
  }

  async #inPage(shape: MapShape, level: number, page: number, id: Uint8Array, signal: AbortSignal): Promise<Damage> {
    const ids = await this.#load(shape, level, page, id, signal)
    if (!(ids instanceof Uint8Array)) return ids
    const damage = new Map<string, string>()
    for (let at = 0; at < ids.length / idBytes; at++) {
      const child = idAt(ids, at)
      if (level === 1) merge(damage, this.#record(child))
      else merge(damage, await this.#below(shape, level - 1, page * idsPerPage + at, child, signal))
    }
    return damage.size === 0 ? none : damage
  }

  async #load(
    shape: MapShape,
    level: number,
    page: number,
    id: Uint8Array,
    signal: AbortSignal,
  ): Promise<Uint8Array | Damage> {
    try {
      return await loadIds(shape, level, page, id, this.#parts.reader.pages(signal))
    } catch (thrown) {
      if (!(thrown instanceof Failure) || !isDamage(thrown)) throw thrown
      return new Map([[this.#packOf(id), thrown.message]])
    }
  }

  #record(id: Uint8Array): Damage {
    if (isZeroId(id)) return none
    const place = this.#parts.holdings.places.find(id)
    if (place === undefined) return this.#lost(id)
    const object = this.#blame(place)
    return object === undefined ? none : new Map([[object, 'holds chunks that do not open']])
  }

  /** No index names it: one of those that could not be read does, or none ever did. */
  #lost(id: Uint8Array): Damage {
    const lost = this.#parts.holdings.problems
    if (lost.length === 0) return new Map([[`chunk ${toHex(id)}`, 'no index names it']])
    return new Map(lost.map(({ object, problem }) => [object, problem]))
  }

  #packOf(id: Uint8Array): string {
    const place = this.#parts.holdings.places.find(id)
    return place === undefined ? `chunk ${toHex(id)}` : packPath(this.#parts.holdings.places.pack(place.pack).name)
  }
}

function merge(into: Map<string, string>, from: Damage): void {
  for (const [object, problem] of from) into.set(object, problem)
}
