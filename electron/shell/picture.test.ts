import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32, inflateSync } from 'node:zlib'
import { signOf } from './picture.ts'

/** Size and rows of a PNG as `signOf` makes them; every part's checksum is checked. */
function read(image: Buffer): { readonly width: number; readonly pixel: (x: number, y: number) => readonly number[] } {
  assert.equal(image.subarray(0, 8).toString('latin1'), '\x89PNG\r\n\x1a\n')
  const parts = new Map<string, Buffer>()
  for (let at = 8; at < image.length; ) {
    const size = image.readUInt32BE(at)
    const named = image.subarray(at + 4, at + 8 + size)
    assert.equal(image.readUInt32BE(at + 8 + size), crc32(named))
    parts.set(named.subarray(0, 4).toString('latin1'), named.subarray(4))
    at += size + 12
  }
  const width = parts.get('IHDR')?.readUInt32BE(0) ?? 0
  const rows = inflateSync(parts.get('IDAT') ?? Buffer.alloc(0))
  assert.equal(rows.length, width * (width * 4 + 1))
  return { width, pixel: (x, y) => [...rows.subarray(y * (width * 4 + 1) + 1 + x * 4).subarray(0, 4)] }
}

const lights = ['starting', 'nothing', 'protected', 'at-risk', 'unprotected', 'engine-dead'] as const

test('a sign is a square with clear corners, on a full ground', () => {
  for (const light of lights) {
    const { width, pixel } = read(signOf(light, 32))
    assert.equal(width, 32)
    assert.equal(pixel(0, 0)[3], 0)
    assert.equal(pixel(16, 1)[3], 255)
  }
})

test('no two states look alike, even without their colours', () => {
  const marks = ['protected', 'at-risk', 'unprotected', 'engine-dead'].map((light) => {
    const { width, pixel } = read(signOf(light as (typeof lights)[number], 16))
    const ground = pixel(8, 0).join()
    const isGround = Array.from(
      { length: width * width },
      (_, at) => pixel(at % width, Math.floor(at / width)).join() === ground,
    )
    return isGround.map(Number).join('')
  })
  assert.equal(new Set(marks).size, marks.length)
  assert.equal(new Set(lights.slice(1).map((light) => read(signOf(light, 16)).pixel(8, 0).join())).size, 5)
})

test('the same sign is the same bytes', () => {
  assert.deepEqual(signOf('protected', 16), signOf('protected', 16))
})
