import { forEachParallel } from '../base/parallel.ts'
import { idBytes, zeroId } from '../chunk/chunk.ts'
import {
  type DiskMap,
  idsIn,
  idsPerPage,
  idsToChange,
  isZeroId,
  type LoadPage,
  type MapShape,
  resizedPages,
  rootOf,
} from './format/map.ts'

export type SealPage = (ids: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>

/** What is known of a page of level 1 beyond what lies under it. Without `ids` every known chunk is zero. */
type Patch = { readonly known: Uint8Array; left: number; ids: Uint8Array<ArrayBuffer> | undefined }

/** Pages that hold ids in memory at once, 32 KiB each: those that were written longest ago are sealed first. */
const patchesKept = 256
const sealsAtOnce = 8

/** A map under way. Memory follows what is being written just now, not the size of the disk. */
export class MapDraft {
  readonly #base: DiskMap
  readonly #shape: MapShape
  readonly #load: LoadPage
  readonly #seal: SealPage
  readonly #patches = new Map<number, Patch>()
  /** Pages that were sealed already. A later patch lies on top of them. */
  readonly #sealed = new Map<number, Promise<Uint8Array>>()

  /** `load` finds pages of the base and those that `seal` answered. */
  constructor(base: DiskMap, shape: MapShape, load: LoadPage, seal: SealPage) {
    this.#base = base
    this.#shape = shape
    this.#load = load
    this.#seal = seal
  }

  /** Ids of consecutive chunks, 32 bytes each. */
  set(firstChunk: number, ids: Uint8Array): void {
    for (let at = 0; at < ids.length / idBytes; ) {
      const chunk = firstChunk + at
      const page = Math.floor(chunk / idsPerPage)
      const count = Math.min(ids.length / idBytes - at, (page + 1) * idsPerPage - chunk)
      this.#setInPage(page, chunk % idsPerPage, ids.subarray(at * idBytes, (at + count) * idBytes))
      at += count
    }
  }

  /** Chunks `[from, to)` are zero. */
  zero(from: number, to: number): void {
    for (let chunk = from; chunk < to; ) {
      const page = Math.floor(chunk / idsPerPage)
      const end = Math.min(to, (page + 1) * idsPerPage)
      this.#zeroInPage(page, chunk % idsPerPage, end - page * idsPerPage)
      chunk = end
    }
  }

  /** Seals what is complete, and what is too much to keep. */
  async relieve(): Promise<void> {
    const full = [...this.#patches].filter(([, patch]) => patch.left === 0)
    const kept = this.#patches.size - full.length
    const oldest = kept > patchesKept ? [...this.#patches].slice(0, kept - patchesKept) : []
    await Promise.all([...new Map([...full, ...oldest]).keys()].map((page) => this.#sealPatch(page)))
  }

  /** Answers the root. Every page that it needs has been sealed by then. */
  async finish(): Promise<Uint8Array> {
    for (const page of resizedPages(this.#base.shape, this.#shape, 1)) {
      if (!this.#sealed.has(page)) this.#patch(page)
    }
    await forEachParallel([...this.#patches.keys()], sealsAtOnce, (page) => this.#sealPatch(page))
    const changed = new Map<number, Uint8Array>()
    for (const [page, id] of this.#sealed) changed.set(page, await id)
    return rootOf(this.#base, this.#shape, changed, this.#load, this.#seal)
  }

  #setInPage(page: number, at: number, ids: Uint8Array): void {
    const patch = this.#patch(page)
    patch.ids ??= new Uint8Array(idsIn(this.#shape, 1, page) * idBytes)
    patch.ids.set(ids, at * idBytes)
    know(patch, at, at + ids.length / idBytes)
  }

  #zeroInPage(page: number, from: number, to: number): void {
    const isWhole = to - from === idsIn(this.#shape, 1, page)
    if (isWhole) {
      this.#patches.delete(page)
      this.#sealed.set(page, Promise.resolve(zeroId))
      return
    }
    const patch = this.#patch(page)
    patch.ids?.fill(0, from * idBytes, to * idBytes)
    know(patch, from, to)
  }

  #patch(page: number): Patch {
    const known = this.#patches.get(page)
    if (known !== undefined) return known
    const patch = { known: new Uint8Array(idsPerPage / 8), left: idsIn(this.#shape, 1, page), ids: undefined }
    this.#patches.set(page, patch)
    return patch
  }

  /** Takes the patch away at once: what is written from now on begins a new one on top of the sealed page. */
  async #sealPatch(page: number): Promise<void> {
    const patch = this.#patches.get(page)
    if (patch === undefined) return
    this.#patches.delete(page)
    const under = this.#sealed.get(page)
    const id = this.#merge(page, patch, under).then(this.#seal)
    this.#sealed.set(page, id)
    await id
  }

  async #merge(page: number, patch: Patch, under: Promise<Uint8Array> | undefined): Promise<Uint8Array<ArrayBuffer>> {
    if (patch.left === 0 && patch.ids !== undefined) return patch.ids
    const merged = await this.#under(page, under)
    for (let at = 0; at < merged.length / idBytes; at++) {
      if (!isKnown(patch, at)) continue
      const id = patch.ids?.subarray(at * idBytes, (at + 1) * idBytes) ?? zeroId
      merged.set(id, at * idBytes)
    }
    return merged
  }

  async #under(page: number, under: Promise<Uint8Array> | undefined): Promise<Uint8Array<ArrayBuffer>> {
    if (under === undefined) return idsToChange(this.#base, this.#shape, 1, page, this.#load)
    const id = await under
    if (isZeroId(id)) return new Uint8Array(idsIn(this.#shape, 1, page) * idBytes)
    return Uint8Array.from(await this.#load(id))
  }
}

function know(patch: Patch, from: number, to: number): void {
  for (let at = from; at < to; at++) {
    if (isKnown(patch, at)) continue
    patch.known[at >> 3] = (patch.known[at >> 3] ?? 0) | (1 << (at & 7))
    patch.left--
  }
}

function isKnown(patch: Patch, at: number): boolean {
  return ((patch.known[at >> 3] ?? 0) & (1 << (at & 7))) !== 0
}
