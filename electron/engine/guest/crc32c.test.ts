import assert from 'node:assert/strict'
import test from 'node:test'
import { crc32c } from './crc32c.ts'

const checksum = (bytes: Uint8Array): number => ~crc32c(0xffffffff, bytes) >>> 0

test('the checksums of RFC 3720 come out', () => {
  assert.equal(checksum(new Uint8Array(32)), 0x8a9136aa)
  assert.equal(checksum(new Uint8Array(32).fill(0xff)), 0x62a8ab43)
  assert.equal(checksum(Uint8Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e)
  assert.equal(checksum(Uint8Array.from({ length: 32 }, (_, i) => 31 - i)), 0x113fdb5c)
  assert.equal(checksum(Buffer.from('123456789')), 0xe3069283)
})

test('bytes in pieces of any length give what they give at once', () => {
  const bytes = Uint8Array.from({ length: 301 }, (_, i) => (i * 131) ^ (i >>> 3))
  for (let cut = 0; cut <= bytes.length; cut++) {
    const state = crc32c(0xffffffff, bytes.subarray(0, cut))
    assert.equal(crc32c(state, bytes.subarray(cut)), crc32c(0xffffffff, bytes))
  }
})
