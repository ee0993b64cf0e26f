import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Failure } from '../../../../shared/failure.ts'
import { encodeFrame, type Frame, FrameReader } from './frames.ts'

const frame = (serial: number, body: Buffer): Frame => ({ program: 1, procedure: 2, type: 1, serial, status: 0, body })

function readAll(reader: FrameReader): Frame[] {
  const found = []
  for (let next = reader.next(); next !== undefined; next = reader.next()) found.push(next)
  return found
}

test('the head is seven big-endian words, the first of which counts itself', () => {
  const bytes = encodeFrame({
    program: 0x20008086,
    procedure: 66,
    type: 0,
    serial: 1,
    status: 0,
    body: Buffer.alloc(0),
  })
  assert.equal(
    bytes.toString('hex'),
    '0000001c' + '20008086' + '00000001' + '00000042' + '00000000' + '00000001' + '00000000',
  )
})

test('frames come out whole and in order, however the bytes are cut', () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 })
  const cuts = fc.infiniteStream(fc.integer({ min: 1, max: 64 }))
  fc.assert(
    fc.property(bodies, cuts, (contents, lengths) => {
      const sent = contents.map((body, serial) => frame(serial, Buffer.from(body)))
      const bytes = Buffer.concat(sent.map(encodeFrame))
      const reader = new FrameReader()
      const found: Frame[] = []
      for (let at = 0; at < bytes.length; ) {
        const end = at + lengths.next().value
        reader.push(bytes.subarray(at, end))
        found.push(...readAll(reader))
        at = end
      }
      assert.deepEqual(found, sent)
    }),
  )
})

test('a length that no honest daemon announces is refused as soon as it is read', () => {
  for (const length of [0, 4, 27, 28 + 32 * 1024 * 1024 + 1, 0x7fff_ffff, 0xffff_ffff]) {
    const head = Buffer.alloc(4)
    head.writeUInt32BE(length)
    const reader = new FrameReader()
    reader.push(head)
    assert.throws(
      () => reader.next(),
      (error) => error instanceof Failure && error.code === 'host-unsupported',
      `${length}`,
    )
  }
})

test('the longest and the shortest frame are still taken', () => {
  const reader = new FrameReader()
  const longest = frame(1, Buffer.alloc(32 * 1024 * 1024))
  for (const sent of [longest, frame(2, Buffer.alloc(0))]) {
    reader.push(encodeFrame(sent))
    assert.equal(reader.next()?.body.length, sent.body.length)
  }
})
