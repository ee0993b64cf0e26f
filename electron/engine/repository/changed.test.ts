import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import { type Extents, total } from '../disk/extents.ts'
import type { Repository } from './repository.ts'
import {
  contentOf,
  copyOf,
  makePoint,
  never,
  newRepository,
  noise,
  pointIdOf,
  reopen,
  type TestRepository,
  testChunkBytes,
} from './test-rig.ts'

let pool: ChunkPool
let template: TestRepository

before(async () => {
  pool = startPool(1)
  template = await newRepository(pool)
})
after(() => pool[Symbol.asyncDispose]())

function fresh(onCall?: Parameters<typeof copyOf>[1]): Promise<Repository> {
  return reopen(pool, { store: copyOf(template.store, onCall), rootKey: template.rootKey })
}

/** What a byte-by-byte comparison says; beyond its end the base is zeroes. */
function differing(base: Buffer, now: Buffer): readonly number[] {
  const padded = Buffer.concat([base.subarray(0, now.length), Buffer.alloc(Math.max(0, now.length - base.length))])
  const chunks = Array.from({ length: Math.ceil(now.length / testChunkBytes) }, (_, at) => at)
  return chunks.filter((chunk) => {
    const range = [chunk * testChunkBytes, (chunk + 1) * testChunkBytes] as const
    return !padded.subarray(...range).equals(now.subarray(...range))
  })
}

function chunksOf(extents: Extents): readonly number[] {
  return extents.flatMap(({ start, end }) =>
    Array.from(
      { length: Math.ceil((end - start) / testChunkBytes) },
      (_, at) => Math.floor(start / testChunkBytes) + at,
    ),
  )
}

const chunk = fc.oneof(fc.nat(2100), fc.constantFrom(0, 1, 1022, 1023, 1024, 1025, 2047, 2048))
const writes = fc.array(fc.record({ at: chunk, seed: fc.nat(3) }), { maxLength: 5 })
const disk = fc.record({ sizeBytes: fc.oneof(fc.nat(2100 * testChunkBytes), fc.constantFrom(0, 1, 4096)), writes })

test('maps tell what differs exactly as the bytes do, whatever the sizes are', async () => {
  await using repository = await fresh()
  let number = 0
  const property = fc.asyncProperty(disk, disk, async (one, other) => {
    const ids: string[] = []
    for (const { sizeBytes, writes: wanted } of [one, other]) {
      const made = wanted
        .map(({ at, seed }) => ({ offset: at * testChunkBytes, seed }))
        .filter(({ offset }) => offset < sizeBytes)
        .map(({ offset, seed }) => {
          return { offset, bytes: noise(seed + 1, Math.min(testChunkBytes, sizeBytes - offset)) }
        })
      ids.push(await makePoint(repository, ++number, [{ name: 'vda', sizeBytes, writes: made }]))
    }
    const [base = '', now = ''] = ids
    const told = await repository.changedSince(base, now, 'vda', never)
    const expected = differing(await contentOf(repository, base, 'vda'), await contentOf(repository, now, 'vda'))
    assert.deepEqual(chunksOf(told), expected)
  })
  await fc.assert(property, { numRuns: 40 })
})

test('of a large disk with one changed chunk only the pages on the way to it are read', async () => {
  const calls: string[] = []
  const store = copyOf(template.store, ({ kind, when }) => void (when === 'before' && calls.push(kind)))
  const rig = { store, rootKey: template.rootKey }
  const sizeBytes = 40 * 1024 * testChunkBytes
  {
    await using repository = await reopen(pool, rig)
    const every = Array.from({ length: 40 }, (_, page) => {
      return { offset: page * 1024 * testChunkBytes, bytes: noise(page + 1, testChunkBytes) }
    })
    const base = await makePoint(repository, 1, [{ name: 'vda', sizeBytes, writes: every }])
    const changed = { offset: 7 * 1024 * testChunkBytes, bytes: noise(99, testChunkBytes) }
    await makePoint(repository, 2, [{ name: 'vda', sizeBytes, base, writes: [changed] }])
  }
  await using repository = await reopen(pool, rig)
  calls.length = 0
  const told = await repository.changedSince(pointIdOf(1), pointIdOf(2), 'vda', never)
  assert.deepEqual(told, [{ start: 7 * 1024 * testChunkBytes, end: 7 * 1024 * testChunkBytes + testChunkBytes }])
  assert.equal(total(told), testChunkBytes)
  // Two manifests, two pages of level 2 and two of level 1.
  assert.ok(calls.length <= 6, `${calls.length} calls`)
})

test('the packs of a point are those without which it cannot be read, and no others', async () => {
  const store = copyOf(template.store)
  const rig = { store, rootKey: template.rootKey }
  await using repository = await reopen(pool, rig)
  const sizeBytes = 64 * testChunkBytes
  const first = await makePoint(repository, 1, [
    { name: 'vda', sizeBytes, writes: [{ offset: 0, bytes: noise(1, sizeBytes) }] },
  ])
  const second = await makePoint(repository, 2, [
    { name: 'vda', sizeBytes, base: first, writes: [{ offset: 0, bytes: noise(2, 4 * testChunkBytes) }] },
  ])
  const all = [...store.objects.keys()].filter((name) => name.startsWith('packs/'))
  for (const point of [first, second]) {
    const needed = (await repository.packsOf(point, never)).map((name) => `packs/${name.slice(0, 2)}/${name}`)
    assert.ok(needed.length > 0)
    for (const pack of all) {
      const left = copyOf(store)
      left.objects.delete(pack)
      await using other = await reopen(pool, { store: left, rootKey: template.rootKey })
      const isReadable = await contentOf(other, point, 'vda').then(
        () => true,
        () => false,
      )
      assert.equal(isReadable, !needed.includes(pack))
    }
  }
})

test('a disk that one of the points does not have is said to be missing', async () => {
  await using repository = await fresh()
  const one = await makePoint(repository, 1, [{ name: 'vda', sizeBytes: 0 }])
  const other = await makePoint(repository, 2, [{ name: 'vdb', sizeBytes: 0 }])
  await assert.rejects(repository.changedSince(one, other, 'vdb', never), { code: 'point-not-found' })
  await assert.rejects(repository.packsOf(pointIdOf(9), never), { code: 'point-not-found' })
})
