import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareFolded, compareNames, parseUpCase, plainUpCase } from './upcase.ts'

test('names are ordered by capitals, and by their units only where those are the same', () => {
  const upCase = plainUpCase()
  const names = ['b', 'A', 'ab', 'a', '中', 'Z_', 'é']
  assert.deepEqual(
    names.sort((a, b) => compareNames(upCase, a, b)),
    ['A', 'a', 'ab', 'b', 'Z_', 'é', '中'],
  )
  assert.equal(compareFolded(upCase, 'É', 'é'), 0)
  assert.notEqual(compareNames(upCase, 'É', 'é'), 0)
  assert.ok(compareFolded(upCase, 'ab', 'abc') < 0)
})

test('a table that is short, or that has no capitals, is damage', () => {
  assert.throws(() => parseUpCase(Buffer.alloc(100)), { code: 'file-system-damaged' })
  assert.throws(() => parseUpCase(Buffer.alloc(131_072)), { code: 'file-system-damaged' })
})
