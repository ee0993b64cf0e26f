import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachParallel } from './parallel.ts'

test('no more than the limit is under way at once, and items are taken in their order', async () => {
  const taken: number[] = []
  let underWay = 0
  let most = 0
  await forEachParallel([1, 2, 3, 4, 5, 6], 2, async (item) => {
    taken.push(item)
    most = Math.max(most, ++underWay)
    await new Promise((resolve) => setImmediate(resolve))
    underWay--
  })
  assert.deepEqual([taken, most], [[1, 2, 3, 4, 5, 6], 2])
})

test('a failure of the work, or of the source, is thrown only when nothing is under way any more', async () => {
  async function* source(): AsyncGenerator<number> {
    yield 1
    yield 2
    throw new Error('the source broke')
  }
  const ended: number[] = []
  const slow = async (item: number): Promise<void> => {
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
    ended.push(item)
  }
  await assert.rejects(forEachParallel(source(), 8, slow), /the source broke/)
  assert.deepEqual(ended, [1, 2])
  const failing = async (item: number): Promise<void> => {
    if (item === 2) throw new Error('the work broke')
    await slow(item)
  }
  await assert.rejects(forEachParallel([1, 2, 3, 4], 2, failing), /the work broke/)
  assert.deepEqual(ended, [1, 2, 1])
})
