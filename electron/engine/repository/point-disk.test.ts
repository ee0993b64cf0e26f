import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import type { ReadableDisk } from '../disk/disk.ts'
import type { Extents } from '../disk/extents.ts'
import type { PointDisk } from './repository.ts'
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

const chunks = (count: number): number => count * testChunkBytes
const content = noise(1, chunks(1100) + 300)
content.fill(0, chunks(100), chunks(900))
// The same bytes at two places of the disk.
content.set(content.subarray(0, chunks(8)), chunks(950))

before(async () => {
  pool = startPool(1)
  template = await newRepository(pool)
  const disk = { name: 'vda', sizeBytes: content.length, writes: [{ offset: 0, bytes: content }] }
  await makePoint(await reopen(pool, template), 1, [disk])
})
after(() => pool[Symbol.asyncDispose]())

async function open(store = template.store): Promise<PointDisk> {
  return (await reopen(pool, { ...template, store })).openDisk(pointIdOf(1), 'vda', never)
}

async function scanned(disk: PointDisk, within: Extents): Promise<Buffer> {
  const bytes = Buffer.alloc(content.length)
  for await (const batch of disk.scan(within, never)) bytes.set(batch.bytes, batch.offset)
  return bytes
}

/** A disk that counts what is read of it. */
function memoryDisk(bytes: Buffer, allocated: Extents): ReadableDisk {
  return {
    sizeBytes: bytes.length,
    read: async (offset, into) => void into.set(bytes.subarray(offset, offset + into.length)),
    allocated: async () => allocated,
    async [Symbol.asyncDispose]() {},
  }
}

test('reads at any offset and of any length give the bytes of the disk', async () => {
  await using disk = await open()
  const ranges = [
    [0, 1],
    [chunks(1) - 1, 2],
    [chunks(99), chunks(2)],
    [chunks(500) + 7, 9],
    [content.length - 5, 5],
    [0, content.length],
    [chunks(3), 0],
  ] as const
  await Promise.all(
    ranges.map(async ([offset, length]) => {
      const into = Buffer.alloc(length, 0xee)
      await disk.read(offset, into, never)
      assert.ok(into.equals(content.subarray(offset, offset + length)), `${length} bytes at ${offset}`)
    }),
  )
})

test('a read past the end is refused', async () => {
  await using disk = await open()
  await assert.rejects(disk.read(content.length - 1, new Uint8Array(2), never), RangeError)
})

test('allocated names what is not zero, and ends with the disk', async () => {
  await using disk = await open()
  assert.deepEqual(await disk.allocated(never), [
    { start: 0, end: chunks(100) },
    { start: chunks(900), end: content.length },
  ])
})

test('a scan of everything gives everything, each chunk in few large batches', async () => {
  await using disk = await open()
  assert.ok((await scanned(disk, [{ start: 0, end: content.length }])).equals(content))
  let batches = 0
  for await (const _ of disk.scan([{ start: 0, end: content.length }], never)) batches++
  assert.ok(batches < 60, `${batches} batches for 308 chunks`)
})

test('a scan of a part gives that part, aligned outward, and nothing else', async () => {
  await using disk = await open()
  const expected = Buffer.alloc(content.length)
  expected.set(content.subarray(chunks(98), chunks(100)), chunks(98))
  expected.set(content.subarray(chunks(1024), chunks(1025)), chunks(1024))
  const within = [
    { start: chunks(98) + 5, end: chunks(200) },
    { start: chunks(1024) + 1, end: chunks(1024) + 2 },
  ]
  assert.ok((await scanned(disk, within)).equals(expected))
})

test('a scan that is left early, and one whose signal is aborted, end', async () => {
  await using disk = await open()
  for await (const _ of disk.scan([{ start: 0, end: content.length }], never)) break
  const controller = new AbortController()
  const scan = async () => {
    for await (const _ of disk.scan([{ start: 0, end: content.length }], controller.signal)) controller.abort()
  }
  await assert.rejects(scan(), { name: 'AbortError' })
})

test('an aborted read ends only for its own caller', async () => {
  await using disk = await open()
  const controller = new AbortController()
  const into = Buffer.alloc(chunks(4))
  const aborted = disk.read(0, Buffer.alloc(chunks(4)), controller.signal)
  const other = disk.read(0, into, never)
  controller.abort()
  await assert.rejects(aborted, { name: 'AbortError' })
  await other
  assert.ok(into.equals(content.subarray(0, chunks(4))))
})

test('differences are exactly the chunks that differ, and the repository’s chunks are not fetched', async () => {
  const fetched: string[] = []
  const store = copyOf(template.store, ({ kind, name, when }) => {
    if (kind === 'getRange' && when === 'before') fetched.push(name)
  })
  await using disk = await open(store)
  const all = [{ start: 0, end: content.length }]
  assert.deepEqual(await disk.differences(memoryDisk(content, all), () => {}, never), [])
  const other = Buffer.from(content)
  other[chunks(5) + 77] = (other[chunks(5) + 77] ?? 0) ^ 1
  other[chunks(300)] = 1
  other.fill(0, chunks(1000), chunks(1002))
  other[content.length - 1] = (other[content.length - 1] ?? 0) ^ 1
  const expected = [
    { start: chunks(5), end: chunks(6) },
    { start: chunks(300), end: chunks(301) },
    { start: chunks(1000), end: chunks(1002) },
    { start: chunks(1100), end: content.length },
  ]
  let read = 0
  const count = (bytes: number): void => {
    read += bytes
  }
  assert.deepEqual(await disk.differences(memoryDisk(other, all), count, never), expected)
  assert.equal(read, content.length)
  assert.ok(fetched.length <= 3, `only pages of the map are read, not ${fetched.length} ranges`)
})

test('what the other disk calls unallocated is not read and counts as zeroes', async () => {
  await using disk = await open()
  const other = Buffer.from(content)
  other.fill(0, chunks(50), chunks(1000))
  const allocated = [
    { start: 0, end: chunks(50) },
    { start: chunks(1000), end: content.length },
  ]
  let read = 0
  const count = (bytes: number): void => {
    read += bytes
  }
  assert.deepEqual(await disk.differences(memoryDisk(other, allocated), count, never), [
    { start: chunks(50), end: chunks(100) },
    { start: chunks(900), end: chunks(1000) },
  ])
  assert.equal(read, content.length - chunks(950))
})
