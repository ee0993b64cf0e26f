import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import type { MemoryStore } from '../store/memory.ts'
import {
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

const chunks = (count: number): number => count * testChunkBytes
const points = 500
const pages = 40

function storedBytes({ objects }: MemoryStore): number {
  return [...objects.values()].reduce((sum, bytes) => sum + bytes.length, 0)
}

test('five hundred points cost what changed, and opening them reads no map', async () => {
  const calls: string[] = []
  const store = copyOf(template.store, ({ kind, when }) => {
    if (when === 'before') calls.push(kind)
  })
  const rig = { ...template, store }
  const repository = await reopen(pool, rig)
  const sizeBytes = chunks(pages * 1024)
  const marks = Array.from({ length: pages }, (_, page) => ({
    offset: chunks(page * 1024),
    bytes: noise(page, chunks(1)),
  }))
  await makePoint(repository, 0, [{ name: 'vda', sizeBytes, writes: marks }])
  const first = storedBytes(store)
  for (let number = 1; number < points; number++) {
    const writes = [{ offset: chunks((number * 7919) % (pages * 1024)), bytes: noise(number, chunks(1)) }]
    await makePoint(repository, number, [{ name: 'vda', sizeBytes, base: pointIdOf(number - 1), writes }])
  }
  const each = (storedBytes(store) - first) / (points - 1)
  // One chunk, one page of level 1, the root, and index, manifest and entry. A whole map would be 1.3 MB.
  assert.ok(each < chunks(1) + 2 * 32 * 1024 + 4096, `${Math.round(each)} bytes a point`)
  calls.length = 0
  const again = await reopen(pool, rig)
  assert.equal(again.points().length, points)
  assert.equal(calls.filter((kind) => kind === 'getRange').length, 0)
  assert.ok(calls.length < 3 * points + 100, `${calls.length} calls`)
  const last = pointIdOf(points - 1)
  await using disk = await again.openDisk(last, 'vda', never)
  const read = Buffer.alloc(chunks(1))
  await disk.read(chunks(((points - 1) * 7919) % (pages * 1024)), read, never)
  assert.ok(read.equals(noise(points - 1, chunks(1))))
})

test('a disk of 20 TiB with a few chunks is mapped, built upon and read', async () => {
  const repository = await reopen(pool, { ...template, store: copyOf(template.store) })
  const sizeBytes = 20 * 2 ** 40
  const far = sizeBytes - chunks(3)
  const writes = [0, chunks(5_000_000), far].map((offset, at) => ({ offset, bytes: noise(at + 1, chunks(1)) }))
  await makePoint(repository, 1, [{ name: 'vda', sizeBytes, writes }])
  const change = [{ offset: chunks(5_000_000), bytes: noise(9, chunks(1)) }]
  const zero = [{ start: 0, end: chunks(4_000_000) }]
  const id = await makePoint(repository, 2, [{ name: 'vda', sizeBytes, base: pointIdOf(1), writes: change, zero }])
  await using disk = await repository.openDisk(id, 'vda', never)
  assert.deepEqual(await disk.allocated(never), [
    { start: chunks(5_000_000), end: chunks(5_000_001) },
    { start: far, end: far + chunks(1) },
  ])
  const read = Buffer.alloc(chunks(1))
  await disk.read(far, read, never)
  assert.ok(read.equals(noise(3, chunks(1))))
})
