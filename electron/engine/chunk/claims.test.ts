import assert from 'node:assert/strict'
import { test } from 'node:test'
import { idOf } from './chunk-samples.suite.ts'
import { claim, newGenerations, renewed } from './claims.ts'

test('an id is claimed once', () => {
  const generations = newGenerations()
  assert.equal(claim(generations, idOf(1)), true)
  assert.equal(claim(generations, idOf(1)), false)
  assert.equal(claim(generations, idOf(2)), true)
})

test('a claim outlives one change of generations and is forgotten by the next', () => {
  let generations = newGenerations()
  claim(generations, idOf(0))
  let number = 1
  function fillUp(): void {
    const { current } = generations
    for (; generations.current === current; number++) {
      claim(generations, idOf(number))
      generations = renewed(generations)
    }
  }
  fillUp()
  assert.equal(claim(generations, idOf(0)), false)
  fillUp()
  assert.equal(claim(generations, idOf(0)), true)
})

test('a generation that is over-full never takes one id for another', () => {
  const generations = newGenerations()
  for (let number = 0; number < 40_000; number++) assert.equal(claim(generations, idOf(number)), true, `id ${number}`)
})
