import { Failure } from '../../../../shared/failure.ts'
import { idBytes, zeroId } from '../../chunk/chunk.ts'

/** A disk's map is a tree of pages of ids (FORMAT.md §4.2). Level 0 are the chunks, level 1 the pages that name them. */
export const idsPerPage = 1024

export type MapShape = {
  readonly chunks: number
  /** Levels of pages; none for a disk without bytes. */
  readonly depth: number
}

export type DiskMap = { readonly root: Uint8Array; readonly shape: MapShape }

/** The plaintext of a stored page. Fails with `object-missing`, `pack-missing` or `object-damaged`. */
export type LoadPage = (id: Uint8Array) => Promise<Uint8Array>

/** One page of level 1 that is not zeroes only. */
export type Leaf = { readonly page: number; readonly ids: Uint8Array }

export function shapeOf(sizeBytes: number, chunkBytes: number): MapShape {
  const chunks = Math.ceil(sizeBytes / chunkBytes)
  let depth = chunks === 0 ? 0 : 1
  while (idsPerPage ** depth < chunks) depth++
  return { chunks, depth }
}

/** How many ids or pages a level has; 0 above the root. */
export function widthOf(shape: MapShape, level: number): number {
  return level > shape.depth ? 0 : Math.ceil(shape.chunks / idsPerPage ** level)
}

/** How many ids a page holds: all but the last are full. */
export function idsIn(shape: MapShape, level: number, page: number): number {
  if (page >= widthOf(shape, level)) return 0
  return Math.min(idsPerPage, widthOf(shape, level - 1) - page * idsPerPage)
}

export function isZeroId(id: Uint8Array): boolean {
  return Buffer.compare(id, zeroId) === 0
}

/** The `at`-th id of a page: a view. */
export function idAt(ids: Uint8Array, at: number): Uint8Array {
  return ids.subarray(at * idBytes, (at + 1) * idBytes)
}

/** Id of a page, by walking down from the root; the zero id where nothing is stored. */
export async function pageId(map: DiskMap, level: number, page: number, load: LoadPage): Promise<Uint8Array> {
  if (level > map.shape.depth) return zeroId
  if (level === map.shape.depth) return map.root
  const above = await pageIds(map, level + 1, Math.floor(page / idsPerPage), load)
  return idAt(above, page % idsPerPage)
}

/** The ids of a page, zeroes where nothing is stored. */
export async function pageIds(map: DiskMap, level: number, page: number, load: LoadPage): Promise<Uint8Array> {
  return loadIds(map.shape, level, page, await pageId(map, level, page, load), load)
}

/** Every page of level 1 in `[from, to)` that is not zeroes only, in order, loaded as it is asked for. */
export function leaves(map: DiskMap, from: number, to: number, load: LoadPage): AsyncGenerator<Leaf> {
  return leavesBelow(map.shape, { level: map.shape.depth, page: 0, id: map.root }, from, to, load)
}

type Subtree = { readonly level: number; readonly page: number; readonly id: Uint8Array }

async function* leavesBelow(
  shape: MapShape,
  top: Subtree,
  from: number,
  to: number,
  load: LoadPage,
): AsyncGenerator<Leaf> {
  const span = idsPerPage ** (top.level - 1)
  if (isZeroId(top.id) || top.page * span >= to || (top.page + 1) * span <= from) return
  const ids = await loadIds(shape, top.level, top.page, top.id, load)
  if (top.level === 1) {
    yield { page: top.page, ids }
    return
  }
  for (let at = 0; at < ids.length / idBytes; at++) {
    const child = { level: top.level - 1, page: top.page * idsPerPage + at, id: idAt(ids, at) }
    yield* leavesBelow(shape, child, from, to, load)
  }
}

export async function loadIds(
  shape: MapShape,
  level: number,
  page: number,
  id: Uint8Array,
  load: LoadPage,
): Promise<Uint8Array> {
  const lengthBytes = idsIn(shape, level, page) * idBytes
  if (isZeroId(id)) return new Uint8Array(lengthBytes)
  const ids = await load(id)
  if (ids.length === lengthBytes) return ids
  throw new Failure(
    'object-damaged',
    `Page ${page} of level ${level} has ${ids.length} bytes instead of ${lengthBytes}`,
  )
}

/**
 * The root of the map that `base` becomes when it gets another shape and the pages of level 1 in `changed` get other ids.
 * `changed` holds every page of `resizedPages(…, 1)`. Only pages above these are made anew; `seal` answers a page's id.
 */
export async function rootOf(
  base: DiskMap,
  shape: MapShape,
  changed: ReadonlyMap<number, Uint8Array>,
  load: LoadPage,
  seal: (ids: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  if (shape.depth === 0) return zeroId
  let below = changed
  for (let level = 2; level <= shape.depth; level++) {
    const above = new Map<number, Uint8Array>()
    for (const page of pagesAbove(base.shape, shape, level, below)) {
      above.set(page, await seal(patched(await idsToChange(base, shape, level, page, load), page, below)))
    }
    below = above
  }
  return below.get(0) ?? (await pageId(base, shape.depth, 0, load))
}

function pagesAbove(
  before: MapShape,
  after: MapShape,
  level: number,
  below: ReadonlyMap<number, unknown>,
): Set<number> {
  const parents = [...below.keys()].map((index) => Math.floor(index / idsPerPage))
  return new Set([...parents, ...resizedPages(before, after, level)])
}

function patched(ids: Uint8Array<ArrayBuffer>, page: number, below: ReadonlyMap<number, Uint8Array>): typeof ids {
  for (let at = 0; at < ids.length / idBytes; at++) {
    const id = below.get(page * idsPerPage + at)
    if (id !== undefined) ids.set(id, at * idBytes)
  }
  return ids
}

/** Pages of a level that cannot stay as they are, because they hold another number of ids in the new shape. */
export function resizedPages(before: MapShape, after: MapShape, level: number): readonly number[] {
  if (level > before.depth) return before.chunks === 0 ? [] : [0]
  const last = [widthOf(before, level) - 1, widthOf(after, level) - 1]
  return [...new Set(last)].filter((page) => {
    const stays = page < widthOf(after, level) && page < widthOf(before, level)
    return stays && idsIn(before, level, page) !== idsIn(after, level, page)
  })
}

/** A copy of the base's ids of this page, cut or filled up with zeroes to what it holds in the new shape. */
export async function idsToChange(
  base: DiskMap,
  shape: MapShape,
  level: number,
  page: number,
  load: LoadPage,
): Promise<Uint8Array<ArrayBuffer>> {
  const ids = new Uint8Array(idsIn(shape, level, page) * idBytes)
  ids.set((await baseIds(base, level, page, load)).subarray(0, ids.length))
  return ids
}

async function baseIds(base: DiskMap, level: number, page: number, load: LoadPage): Promise<Uint8Array> {
  const { shape, root } = base
  if (level === shape.depth + 1 && page === 0) return root
  return page < widthOf(shape, level) ? pageIds(base, level, page, load) : new Uint8Array(0)
}
