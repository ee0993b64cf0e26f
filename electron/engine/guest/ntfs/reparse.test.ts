import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseReparse } from './reparse.ts'

test('reparse data that ends early, or a name outside of it, is damage', () => {
  const value = Buffer.alloc(24)
  value.writeUInt32LE(0xa0000003)
  for (const [lengthBytes, nameBytes] of [
    [17, 2],
    [16, 10],
    [16, 3],
    [65_535, 2],
  ] as const) {
    value.writeUInt16LE(lengthBytes, 4)
    value.writeUInt16LE(nameBytes, 10)
    assert.throws(() => parseReparse(value), { code: 'file-system-damaged' }, `${lengthBytes}, ${nameBytes}`)
  }
  assert.throws(() => parseReparse(Buffer.alloc(3)), { code: 'file-system-damaged' })
})

test('a tag that nothing is known of is told', () => {
  const value = Buffer.alloc(8)
  value.writeUInt32LE(0x9000701a)
  assert.deepEqual(parseReparse(value), { kind: 'unknown', tag: 0x9000701a })
})
