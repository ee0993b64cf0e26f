import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createStore } from 'zustand/vanilla'
import { derivedStore } from './derived.ts'

test('it is computed once for each change of its inputs, however often it is asked for and whatever else changes', () => {
  const source = createStore(() => ({ items: [1, 2], other: 0 }))
  let computed = 0
  const sum = derivedStore(
    [source],
    () => [source.getState().items] as const,
    (items) => {
      computed++
      return items.reduce((all, each) => all + each, 0)
    },
  )
  const told: (readonly [number, number])[] = []
  const end = sum.subscribe((value, before) => told.push([value, before]))
  assert.equal(sum.getState(), 3)
  source.setState({ other: 1 })
  assert.equal(computed, 1)
  source.setState({ items: [4] })
  source.setState({ items: [1, 3] })
  end()
  source.setState({ items: [9] })
  assert.deepEqual(told, [[4, 3]])
  assert.equal(sum.getState(), 9)
})

test('an answer that is the same as before keeps its identity', () => {
  const source = createStore(() => ({ items: ['a'] }))
  const joined = derivedStore(
    [source],
    () => [source.getState().items] as const,
    (items) => ({ text: items.join() }),
    (a, b) => a.text === b.text,
  )
  const first = joined.getState()
  source.setState({ items: ['a'] })
  assert.equal(joined.getState(), first)
  source.setState({ items: ['b'] })
  assert.deepEqual(joined.getState(), { text: 'b' })
})
