import assert from 'node:assert/strict'
import test from 'node:test'
import * as fc from 'fast-check'
import { nameFromBytes, nameToBytes } from './names.ts'

test('every sequence of bytes comes back from its name', () => {
  void fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      assert.deepEqual(Uint8Array.from(nameToBytes(nameFromBytes(bytes))), bytes)
    }),
  )
})

test('text comes back from its bytes', () => {
  for (const name of ['报告 2026.pdf', 'ключ', '🗝.txt', '\ufeffmark']) {
    assert.equal(nameFromBytes(nameToBytes(name)), name)
  }
})

test('two names that differ in one broken byte stay apart', () => {
  const [a, b] = [nameFromBytes(Uint8Array.of(0x61, 0xff)), nameFromBytes(Uint8Array.of(0x61, 0xfe))]
  assert.deepEqual([a, b], ['a\udcff', 'a\udcfe'])
})

test('an encoded surrogate is not text', () => {
  assert.equal(nameFromBytes(Uint8Array.of(0xed, 0xb2, 0x80)), '\udced\udcb2\udc80')
})
