import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { idBytes, zeroId } from '../chunk/chunk.ts'
import { toHex } from './format/bytes.ts'
import { type DiskMap, idAt, leaves, shapeOf, widthOf } from './format/map.ts'
import { MapDraft } from './map-draft.ts'

function pageStore() {
  const pages = new Map<string, Uint8Array>()
  return {
    pages,
    load: async (id: Uint8Array) => pages.get(toHex(id)) ?? assert.fail('a page that was never sealed'),
    seal: async (ids: Uint8Array) => {
      await Promise.resolve()
      if (ids.every((byte) => byte === 0)) return zeroId
      const id = createHash('sha256').update(ids).digest()
      pages.set(toHex(id), Uint8Array.from(ids))
      return id
    },
  }
}

function idsFor(from: number, count: number, version: number): Uint8Array {
  const ids = Array.from({ length: count }, (_, at) =>
    createHash('sha256')
      .update(`${from + at}/${version}`)
      .digest(),
  )
  return version === 0 ? new Uint8Array(count * idBytes) : Buffer.concat(ids)
}

async function allIds(map: DiskMap, load: ReturnType<typeof pageStore>['load']): Promise<Buffer> {
  const ids = Buffer.alloc(map.shape.chunks * idBytes)
  for await (const leaf of leaves(map, 0, widthOf(map.shape, 1), load)) ids.set(leaf.ids, leaf.page * 1024 * idBytes)
  return ids
}

const chunks = 3000
const shape = shapeOf(chunks, 1)
const emptyMap: DiskMap = { root: zeroId, shape: shapeOf(0, 1) }

const act = fc.oneof(
  fc.record({
    kind: fc.constant('set' as const),
    from: fc.nat(chunks - 1),
    count: fc.integer({ min: 1, max: 1100 }),
    version: fc.nat(3),
  }),
  fc.record({ kind: fc.constant('zero' as const), from: fc.nat(chunks - 1), count: fc.integer({ min: 1, max: 2100 }) }),
  fc.record({ kind: fc.constant('relieve' as const) }),
)
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never

/** Does the same to a draft and to a plain array of ids. */
function apply(draft: MapDraft, model: Buffer, each: Act, relieved: Promise<void>[]): void {
  if (each.kind === 'relieve') {
    relieved.push(draft.relieve())
    return
  }
  const to = Math.min(chunks, each.from + each.count)
  const ids = each.kind === 'set' ? idsFor(each.from, to - each.from, each.version) : new Uint8Array(0)
  if (each.kind === 'set') draft.set(each.from, ids)
  else draft.zero(each.from, to)
  model.fill(0, each.from * idBytes, to * idBytes)
  model.set(ids, each.from * idBytes)
}

test('ids set, zeroed and sealed early in any order end up as the last one said, over a base too', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(act, { maxLength: 10 }), { minLength: 1, maxLength: 3 }), async (drafts) => {
      const store = pageStore()
      let map = emptyMap
      const model = Buffer.alloc(chunks * idBytes)
      for (const acts of drafts) {
        const draft = new MapDraft(map, shape, store.load, store.seal)
        const relieved: Promise<void>[] = []
        for (const each of acts) apply(draft, model, each, relieved)
        await Promise.all(relieved)
        map = { root: await draft.finish(), shape }
        assert.ok(model.equals(await allIds(map, store.load)))
      }
    }),
    { numRuns: 100 },
  )
})

test('what is written across a huge disk does not stay in memory, and is all there in the end', async () => {
  const store = pageStore()
  const huge = shapeOf(1024 * 1000, 1)
  const draft = new MapDraft(emptyMap, huge, store.load, store.seal)
  for (let page = 0; page < 1000; page++) {
    draft.set(page * 1024 + 7, idsFor(page, 1, 1))
    await draft.relieve()
    assert.ok(page - store.pages.size < 257, 'at most 256 pages wait')
  }
  const map = { root: await draft.finish(), shape: huge }
  const ids = await allIds(map, store.load)
  for (let page = 0; page < 1000; page += 111) {
    assert.deepEqual(Buffer.from(idAt(ids, page * 1024 + 7)), Buffer.from(idsFor(page, 1, 1)))
  }
})

test('a page that could not be sealed fails the draft', async () => {
  const store = pageStore()
  const draft = new MapDraft(emptyMap, shape, store.load, () => Promise.reject(new Error('no room')))
  draft.set(0, idsFor(0, 1024, 1))
  await assert.rejects(draft.relieve(), { message: 'no room' })
  await assert.rejects(draft.finish(), { message: 'no room' })
})
