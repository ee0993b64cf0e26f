import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Failure } from '../../../shared/failure.ts'
import { KiB, MiB } from '../../../shared/units.ts'
import { cachedDisk } from './cached-disk.ts'
import { mappedDisk, slice } from './mapped-disk.ts'
import { type BeforeAccess, memoryDisk } from './memory.ts'

const signal = new AbortController().signal
const sizeBytes = 3 * MiB + 777

async function counted(before: BeforeAccess = () => {}) {
  const reads: number[] = []
  const disk = memoryDisk(sizeBytes, async (access, asked) => {
    if (access.kind === 'read') reads.push(access.lengthBytes)
    await before(access, asked)
  })
  const content = Buffer.alloc(sizeBytes)
  for (let at = 0; at + 4 <= sizeBytes; at += 4) content.writeUInt32LE(at * 7, at)
  await disk.write(0, content, signal)
  return { disk, content, reads }
}

test('whatever is read in whatever order is what the disk below holds', async () => {
  const { disk, content } = await counted()
  await using cached = cachedDisk(disk, 512 * KiB)
  const range = fc.record({ offset: fc.nat(sizeBytes), lengthBytes: fc.nat(400 * KiB) })
  await fc.assert(
    fc.asyncProperty(fc.array(range, { minLength: 1, maxLength: 8 }), async (ranges) => {
      const reads = ranges.map(async ({ offset, lengthBytes }) => {
        const into = Buffer.alloc(Math.min(lengthBytes, sizeBytes - offset), 0x5a)
        await cached.read(offset, into, signal)
        assert.ok(into.equals(content.subarray(offset, offset + into.length)))
      })
      await Promise.all(reads)
    }),
  )
})

test('a block is read once for all who want it, and the big pieces of files push nothing out', async () => {
  const { disk, reads } = await counted()
  await using cached = cachedDisk(disk, 512 * KiB)
  await Promise.all(Array.from({ length: 50 }, (_, at) => cached.read(at * 100, new Uint8Array(100), signal)))
  await cached.read(0, new Uint8Array(2 * MiB), signal)
  await cached.read(64, new Uint8Array(512), signal)
  assert.deepEqual(reads, [64 * KiB, 2 * MiB])
})

test('what failed is read again the next time', async () => {
  let fails = true
  const { disk, content } = await counted(({ kind }) => {
    if (fails && kind === 'read') throw new Failure('disk-unreadable', 'EIO')
  })
  await using cached = cachedDisk(disk)
  await assert.rejects(cached.read(0, new Uint8Array(10), signal), { code: 'disk-unreadable' })
  fails = false
  const into = Buffer.alloc(10)
  await cached.read(0, into, signal)
  assert.ok(into.equals(content.subarray(0, 10)))
})

test('who gives up ends nobody else', async () => {
  const gate = Promise.withResolvers<void>()
  const { disk } = await counted(({ kind }) => (kind === 'read' ? gate.promise : undefined))
  await using cached = cachedDisk(disk)
  const impatient = new AbortController()
  const [first, second] = [
    cached.read(0, new Uint8Array(4), impatient.signal),
    cached.read(0, new Uint8Array(4), signal),
  ]
  impatient.abort(new Error('enough'))
  await assert.rejects(first, /enough/)
  gate.resolve()
  await second
})

test('reads behind the end are refused', async () => {
  const { disk } = await counted()
  await using cached = cachedDisk(disk)
  await assert.rejects(cached.read(sizeBytes - 1, new Uint8Array(2), signal), RangeError)
  await assert.rejects(slice(disk, 100, 100).read(99, new Uint8Array(2), signal), RangeError)
})

test('a slice shows its part of the disk and of what is allocated', async () => {
  await using disk = memoryDisk(MiB)
  await disk.write(128 * KiB, new Uint8Array(64 * KiB).fill(7), signal)
  await using part = slice(disk, 100 * KiB, 60 * KiB)
  const into = new Uint8Array(2)
  await part.read(28 * KiB - 1, into, signal)
  assert.deepEqual([...into], [0, 7])
  assert.deepEqual(await part.allocated(signal), [{ start: 28 * KiB, end: 60 * KiB }])
})

test('a run without a disk reads as zeroes, and runs follow each other within one read', async () => {
  await using disk = memoryDisk(4096)
  await disk.write(0, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), signal)
  await using mapped = mappedDisk({
    sizeBytes: 9,
    runAt: (offset) => ({
      disk: offset % 3 === 1 ? undefined : disk,
      at: 8 - Math.floor(offset / 3) - 1,
      lengthBytes: 1,
    }),
    allocated: async () => [],
  })
  const into = new Uint8Array(9).fill(9)
  await mapped.read(0, into, signal)
  assert.deepEqual([...into], [8, 0, 8, 7, 0, 7, 6, 0, 6])
})
