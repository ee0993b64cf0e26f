import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { KiB } from '../../../shared/units.ts'
import type { ReadableDisk, WritableDisk } from './disk.ts'

const signal = new AbortController().signal
const sizeBytes = 1024 * KiB
const blockBytes = 512

export async function readWhole(disk: ReadableDisk): Promise<Buffer> {
  const bytes = Buffer.alloc(disk.sizeBytes, 0xa5)
  await disk.read(0, bytes, signal)
  return bytes
}

/** Every byte outside of `allocated` must be zero in `content`. */
export async function assertAllocationHolds(disk: ReadableDisk, content: Uint8Array): Promise<void> {
  const unseen = Buffer.from(content)
  for (const { start, end } of await disk.allocated(signal)) {
    assert.ok(start < end && end <= disk.sizeBytes)
    unseen.fill(0, start, end)
  }
  assert.ok(unseen.equals(Buffer.alloc(content.length)), 'a range with data is told to be free')
}

const blocks = { start: fc.nat(sizeBytes / blockBytes - 1), length: fc.integer({ min: 1, max: 300 }) }
const change = fc.oneof(
  fc.record({ kind: fc.constant('write' as const), ...blocks, byte: fc.nat(255) }),
  fc.record({ kind: fc.constant('zero' as const), ...blocks }),
)
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never

async function apply(disk: WritableDisk, model: Buffer, step: Change): Promise<void> {
  const offset = step.start * blockBytes
  const lengthBytes = Math.min(step.length * blockBytes, sizeBytes - offset)
  const bytes = Buffer.alloc(lengthBytes, step.kind === 'write' ? step.byte : 0)
  if (step.kind === 'write') await disk.write(offset, bytes, signal)
  else await disk.zero(offset, lengthBytes, signal)
  bytes.copy(model, offset)
}

/** What every `WritableDisk` promises. `create` gives a new disk of that size; the suite disposes it. */
export function writableDiskSuite(name: string, create: (sizeBytes: number) => Promise<WritableDisk>): void {
  test(`${name}: a new disk has its size and reads as zeroes`, async () => {
    await using fresh = await create(sizeBytes)
    assert.equal(fresh.sizeBytes, sizeBytes)
    assert.ok((await readWhole(fresh)).equals(Buffer.alloc(sizeBytes)))
    await assertAllocationHolds(fresh, Buffer.alloc(sizeBytes))
  })

  test(`${name}: after any writes and zeroes the disk reads as the model does`, async () => {
    await using written = await create(sizeBytes)
    const model = Buffer.alloc(sizeBytes)
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 12 }), async (steps) => {
        for (const step of steps) await apply(written, model, step)
        await written.flush(signal)
        assert.ok((await readWhole(written)).equals(model))
      }),
      { numRuns: 20 },
    )
    await assertAllocationHolds(written, model)
  })

  test(`${name}: many overlapping reads each fill exactly their own buffer`, async () => {
    await using written = await create(sizeBytes)
    const content = Buffer.alloc(sizeBytes)
    for (let at = 0; at < sizeBytes; at += 4) content.writeUInt32BE(at + 1, at)
    await written.write(0, content, signal)
    await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const offset = (index * 7919 * 3) % (sizeBytes - 9000)
        const into = Buffer.alloc(9000 + 2, 0x5a)
        await written.read(offset, into.subarray(1, 9001), signal)
        assert.ok(into.subarray(1, 9001).equals(content.subarray(offset, offset + 9000)))
        assert.equal(into[0], 0x5a)
        assert.equal(into[9001], 0x5a)
      }),
    )
  })

  test(`${name}: reads and writes past the end are refused and change nothing`, async () => {
    await using small = await create(sizeBytes)
    await assert.rejects(small.read(sizeBytes - 512, new Uint8Array(1024), signal), RangeError)
    await assert.rejects(small.write(sizeBytes - 512, new Uint8Array(1024).fill(1), signal), RangeError)
    await assert.rejects(small.zero(-512, 512, signal), RangeError)
    assert.equal(small.sizeBytes, sizeBytes)
    assert.ok((await readWhole(small)).equals(Buffer.alloc(sizeBytes)))
  })

  test(`${name}: an aborted read fails with the signal's reason and the disk still works`, async () => {
    await using whole = await create(sizeBytes)
    const reason = new Error('enough')
    await assert.rejects(whole.read(0, new Uint8Array(4096), AbortSignal.abort(reason)), reason)
    assert.ok((await readWhole(whole)).equals(Buffer.alloc(sizeBytes)))
  })
}
