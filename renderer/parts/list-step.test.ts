import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stepIn } from './list-step.ts'

test('no key leads out of the list, and other keys lead nowhere', () => {
  const keys = ['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End', 'a']
  assert.deepEqual(
    keys.map((key) => stepIn(15, 3, key)),
    [4, 2, 13, 0, 0, 14, undefined],
  )
  assert.deepEqual(
    keys.map((key) => stepIn(1, 0, key)),
    [0, 0, 0, 0, 0, 0, undefined],
  )
  assert.equal(stepIn(0, 0, 'End'), undefined)
})
