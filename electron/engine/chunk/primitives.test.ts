import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { mock, test } from 'node:test'
import { Failure } from '../../../shared/failure.ts'
import { checkPrimitives } from './primitives.ts'

test('every primitive gives the published answer', () => {
  checkPrimitives()
})

for (const primitive of [
  'createHash',
  'createHmac',
  'hkdfSync',
  'scryptSync',
  'createCipheriv',
  'diffieHellman',
] as const) {
  test(`a ${primitive} that answers wrongly is a bug that is found`, () => {
    const wrong = {
      update: () => wrong,
      final: () => Buffer.alloc(1),
      digest: () => Buffer.alloc(1),
      getAuthTag: () => Buffer.alloc(16),
    }
    const planted = mock.method(crypto, primitive, () => (primitive.startsWith('create') ? wrong : Buffer.alloc(1)))
    syncBuiltinESMExports()
    try {
      assert.throws(checkPrimitives, (thrown) => thrown instanceof Failure && thrown.code === 'bug')
    } finally {
      planted.mock.restore()
      syncBuiltinESMExports()
    }
  })
}
