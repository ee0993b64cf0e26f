import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { idBytes, zeroId } from '../../chunk/chunk.ts'
import { toHex } from './bytes.ts'
import {
  type DiskMap,
  idAt,
  idsIn,
  idsToChange,
  isZeroId,
  leaves,
  pageIds,
  resizedPages,
  rootOf,
  shapeOf,
  widthOf,
} from './map.ts'

/** Pages in memory, named by a hash as a repository names them; counts what is loaded. */
function pageStore() {
  const pages = new Map<string, Uint8Array>()
  const loaded: string[] = []
  return {
    loaded,
    load: async (id: Uint8Array) => {
      loaded.push(toHex(id))
      const page = pages.get(toHex(id))
      if (page === undefined) throw new Error('no such page')
      return page
    },
    seal: async (ids: Uint8Array) => {
      if (ids.every((byte) => byte === 0)) return zeroId
      const id = createHash('sha256').update(ids).digest()
      pages.set(toHex(id), Uint8Array.from(ids))
      return id
    },
  }
}
type PageStore = ReturnType<typeof pageStore>

const emptyMap: DiskMap = { root: zeroId, shape: shapeOf(0, 1) }

/** A chunk's id that tells its number and its version. */
function chunkId(chunk: number, version: number): Uint8Array {
  return createHash('sha256').update(`${chunk}/${version}`).digest()
}

/** Applies changed chunks (undefined is zero) as a draft does: level 1 here, the rest by `rootOf`. */
async function change(
  store: PageStore,
  base: DiskMap,
  chunks: number,
  changes: ReadonlyMap<number, Uint8Array>,
): Promise<DiskMap> {
  const shape = shapeOf(chunks, 1)
  const pages = new Set([...changes.keys()].map((chunk) => Math.floor(chunk / 1024)))
  for (const page of resizedPages(base.shape, shape, 1)) pages.add(page)
  const changed = new Map<number, Uint8Array>()
  for (const page of pages) {
    const ids = await idsToChange(base, shape, 1, page, store.load)
    for (let at = 0; at < ids.length / idBytes; at++) {
      const id = changes.get(page * 1024 + at)
      if (id !== undefined) ids.set(id, at * idBytes)
    }
    changed.set(page, await store.seal(ids))
  }
  return { root: await rootOf(base, shape, changed, store.load, store.seal), shape }
}

async function chunksOf(store: PageStore, map: DiskMap): Promise<ReadonlyMap<number, string>> {
  const chunks = new Map<number, string>()
  for await (const { page, ids } of leaves(map, 0, widthOf(map.shape, 1), store.load)) {
    for (let at = 0; at < ids.length / idBytes; at++) {
      if (!isZeroId(idAt(ids, at))) chunks.set(page * 1024 + at, toHex(idAt(ids, at)))
    }
  }
  return chunks
}

test('the depth follows from the number of chunks', () => {
  const depths = [0, 1, 1024, 1025, 1024 ** 2, 1024 ** 2 + 1, 1024 ** 3].map((chunks) => shapeOf(chunks, 1).depth)
  assert.deepEqual(depths, [0, 1, 1, 2, 2, 3, 3])
})

test('only the last page of a level is short', () => {
  const shape = shapeOf(1024 * 1024 + 1024 + 1, 1)
  assert.deepEqual(
    [0, 1, 2, 3].map((level) => widthOf(shape, level)),
    [1_049_601, 1026, 2, 1],
  )
  assert.deepEqual([idsIn(shape, 1, 0), idsIn(shape, 1, 1025), idsIn(shape, 2, 1), idsIn(shape, 3, 0)], [1024, 1, 2, 2])
  assert.equal(idsIn(shape, 1, 1026), 0)
})

test('one changed chunk of a large disk makes one page of each level anew', async () => {
  const store = pageStore()
  const chunks = 3 * 1024 * 1024
  const some = new Map([0, 5000, 2_000_000].map((chunk) => [chunk, chunkId(chunk, 1)] as const))
  const base = await change(store, emptyMap, chunks, some)
  const sealed: number[] = []
  const seal = (ids: Uint8Array) => {
    sealed.push(ids.length)
    return store.seal(ids)
  }
  const next = await change({ ...store, seal }, base, chunks, new Map([[5001, chunkId(5001, 2)]]))
  assert.equal(sealed.length, 3)
  assert.equal((await chunksOf(store, next)).size, 4)
})

test('a map that changed nothing keeps its root', async () => {
  const store = pageStore()
  const base = await change(store, emptyMap, 5000, new Map([[4000, chunkId(4000, 1)]]))
  assert.deepEqual((await change(store, base, 5000, new Map())).root, base.root)
})

test('the root depends on what the disk holds, not on the way there', async () => {
  const store = pageStore()
  const ids = new Map([3, 1500, 1_100_000].map((chunk) => [chunk, chunkId(chunk, 1)] as const))
  const straight = await change(store, emptyMap, 1_200_000, ids)
  let winding = await change(store, emptyMap, 10, new Map([[3, chunkId(3, 0)]]))
  winding = await change(store, winding, 2_000_000, new Map([[1_999_999, chunkId(1, 1)]]))
  winding = await change(store, winding, 1_200_000, ids)
  assert.deepEqual(winding.root, straight.root)
})

test('leaves of a part load nothing outside it', async () => {
  const store = pageStore()
  const ids = new Map(Array.from({ length: 50 }, (_, page) => [page * 1024, chunkId(page, 1)] as const))
  const map = await change(store, emptyMap, 50 * 1024, ids)
  store.loaded.length = 0
  const found = []
  for await (const { page } of leaves(map, 20, 22, store.load)) found.push(page)
  assert.deepEqual(found, [20, 21])
  assert.equal(store.loaded.length, 3)
})

test('a page of another length than its place asks for is damage', async () => {
  const store = pageStore()
  const map = await change(store, emptyMap, 1000, new Map([[0, chunkId(0, 1)]]))
  const wrong = { root: map.root, shape: shapeOf(1001, 1) }
  await assert.rejects(pageIds(wrong, 1, 0, store.load), { code: 'object-damaged' })
})

const size = fc.oneof(fc.nat(3000), fc.nat(2_500_000), fc.constantFrom(1023, 1024, 1025, 1024 ** 2, 1024 ** 2 + 1))
const step = fc.record({ chunks: size, writes: fc.array(fc.tuple(fc.nat(2_500_000), fc.nat(3)), { maxLength: 8 }) })

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

function changesOf({ chunks, writes }: Step): ReadonlyMap<number, Uint8Array> {
  const inside = chunks === 0 ? [] : writes
  return new Map(
    inside.map(([at, version]) => {
      const chunk = at % chunks
      return [chunk, version === 0 ? zeroId : chunkId(chunk, version)]
    }),
  )
}

function modelAfter(model: ReadonlyMap<number, string>, { chunks }: Step, changes: ReadonlyMap<number, Uint8Array>) {
  const kept = [...model].filter(([chunk]) => chunk < chunks)
  const all = new Map([...kept, ...[...changes].map(([chunk, id]) => [chunk, toHex(id)] as const)])
  return new Map([...all].filter(([, id]) => id !== toHex(zeroId)))
}

async function check(steps: readonly Step[]): Promise<void> {
  const store = pageStore()
  let map = emptyMap
  let model: ReadonlyMap<number, string> = new Map()
  for (const each of steps) {
    const changes = changesOf(each)
    map = await change(store, map, each.chunks, changes)
    model = modelAfter(model, each, changes)
    assert.deepEqual(await chunksOf(store, map), new Map([...model].sort(([a], [b]) => a - b)))
  }
}

test('maps that are changed, cut and extended at random hold what a plain model holds', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), check), { numRuns: 150 })
})
