import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryDisk } from '../../disk/memory.ts'
import type { NonResident } from './attribute.ts'
import type { Medium } from './medium.ts'
import { joinStream, streamDisk } from './stream.ts'

const signal = new AbortController().signal
const clusterBytes = 4096

async function medium(): Promise<Medium> {
  const disk = memoryDisk(64 * clusterBytes)
  await disk.write(0, Buffer.alloc(disk.sizeBytes, 0xee), signal)
  const geometry = { clusterBytes, clusters: 64, recordBytes: 1024, mftCluster: 4, mirrorCluster: 8, serial: '' }
  return { disk, geometry }
}

/** Two clusters, a hole of two, and two more. */
function attribute(sizeBytes: number, initializedBytes: number, flags: Partial<NonResident> = {}): NonResident {
  const sizes = { allocatedBytes: 6 * clusterBytes, sizeBytes, initializedBytes, unitClusters: 1, takenBytes: 0 }
  const packed = Buffer.of(0x11, 2, 20, 0x01, 2, 0x11, 2, 10, 0)
  const named = { type: 0x80, name: '', isCompressed: false, isEncrypted: false, isSparse: true }
  return { kind: 'non-resident', ...named, firstVcn: 0, endVcn: 6, packed, sizes, ...flags }
}

test('what was never written reads as zeroes, whatever its clusters hold, and is not allocated', async () => {
  const at = await medium()
  const disk = streamDisk(at, joinStream(at, [attribute(6 * clusterBytes - 5, 5000)]))
  const bytes = Buffer.alloc(disk.sizeBytes, 1)
  await disk.read(0, bytes, signal)
  assert.ok(bytes.subarray(0, 5000).every((byte) => byte === 0xee))
  assert.ok(bytes.subarray(5000).every((byte) => byte === 0))
  assert.deepEqual(await disk.allocated(signal), [{ start: 0, end: 5000 }])
})

test('holes are zeroes and not allocated', async () => {
  const at = await medium()
  const disk = streamDisk(at, joinStream(at, [attribute(6 * clusterBytes, 6 * clusterBytes)]))
  const bytes = Buffer.alloc(disk.sizeBytes, 1)
  await disk.read(0, bytes, signal)
  assert.deepEqual([bytes[8191], bytes[8192], bytes[16383], bytes[16384]], [0xee, 0, 0, 0xee])
  assert.deepEqual(await disk.allocated(signal), [
    { start: 0, end: 8192 },
    { start: 16384, end: 24576 },
  ])
})

test('a stream that the guest encrypted is refused', async () => {
  const at = await medium()
  const stream = joinStream(at, [attribute(100, 100, { isEncrypted: true })])
  assert.throws(() => streamDisk(at, stream), { code: 'volume-unsupported' })
})

test('a stream longer than what it maps, or of two kinds of records, is damage', async () => {
  const at = await medium()
  const long = attribute(7 * clusterBytes, 0)
  const resident = { ...attribute(1, 1), kind: 'resident', value: Buffer.of(1) } as const
  for (const records of [[long], [attribute(1, 1), resident], []]) {
    assert.throws(() => joinStream(at, records), { code: 'file-system-damaged' })
  }
})
