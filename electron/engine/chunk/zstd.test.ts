import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import zlib from 'node:zlib'
import { noise, prose } from './chunk-samples.suite.ts'
import { oneShotZstd, startZstd, type Zstd } from './zstd.ts'

const ways: readonly (readonly [string, Zstd])[] = [
  ['one-shot', oneShotZstd()],
  ['quickest', startZstd()],
]

for (const [name, zstd] of ways) {
  test(`${name}: what is compressed expands to the same bytes, many times over`, () => {
    for (let round = 0; round < 300; round++) {
      const plaintext = prose(1 + round * 437, String(round))
      const packed = Buffer.from(zstd.compress(plaintext) ?? [])
      if (round > 0) assert.deepEqual(Buffer.from(zstd.expand(packed, plaintext.length) ?? []), Buffer.from(plaintext))
    }
  })
  test(`${name}: noise is not made larger`, () => {
    assert.equal(zstd.compress(noise(131_072, 'noise')), undefined)
    assert.equal(zstd.compress(noise(1, 'noise')), undefined)
  })
  test(`${name}: a frame that is longer, shorter, cut, doubled or junk is refused, and the next one expands`, () => {
    const plaintext = prose(131_072, 'frame')
    const packed = Buffer.from(zstd.compress(plaintext) ?? [])
    const wrong: readonly (readonly [Uint8Array, number])[] = [
      [packed, plaintext.length - 1],
      [packed, plaintext.length + 1],
      [packed, 1],
      [packed.subarray(0, -1), plaintext.length],
      [packed.subarray(0, 20), plaintext.length],
      [noise(500, 'junk'), plaintext.length],
      [Buffer.concat([packed, packed]), plaintext.length],
      [Buffer.alloc(0), plaintext.length],
    ]
    for (const [bytes, rawBytes] of wrong) {
      assert.equal(zstd.expand(bytes, rawBytes), undefined)
      assert.deepEqual(zstd.expand(packed, plaintext.length)?.length, plaintext.length)
    }
  })
}

test('each way expands what the other compressed, and both compress at level 1', () => {
  const [[, proven], [, quick]] = ways as [(typeof ways)[0], (typeof ways)[0]]
  const plaintext = Buffer.concat([prose(60_000, 'a'), noise(11_072, 'b'), prose(60_000, 'c')])
  const one = Buffer.from(proven.compress(plaintext) ?? [])
  const other = Buffer.from(quick.compress(plaintext) ?? [])
  assert.deepEqual(one, other)
  assert.deepEqual(Buffer.from(proven.expand(other, plaintext.length) ?? []), plaintext)
  assert.deepEqual(Buffer.from(quick.expand(one, plaintext.length) ?? []), plaintext)
})

test('where node:zlib has no such handle, or one that lies, the documented calls are used', () => {
  const plaintext = prose(4096, 'handle')
  for (const handle of [undefined, {}, { writeSync: () => undefined }]) {
    const stream = { _handle: handle, _writeState: new Uint32Array(2) }
    const planted = mock.method(zlib, 'createZstdCompress', () => stream)
    const zstd = startZstd()
    planted.mock.restore()
    const packed = Buffer.from(zstd.compress(plaintext) ?? [])
    assert.deepEqual(Buffer.from(oneShotZstd().expand(packed, 4096) ?? []), Buffer.from(plaintext))
  }
})
