import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Quitting } from './quitting.ts'

/** A console with `runs` under way whose person gives `answer`; `said` is what happened, in order. */
function quitting(runs: number) {
  const said: string[] = []
  const answer = Promise.withResolvers<boolean>()
  const closed = Promise.withResolvers<void>()
  const over = Promise.withResolvers<void>()
  const way = new Quitting({
    underWay: () => runs,
    ask: (count) => {
      said.push(`ask ${count}`)
      return answer.promise
    },
    close: async () => {
      said.push('close')
      await closed.promise
    },
    quit: () => {
      said.push(`quit ${way.mayEnd()}`)
      over.resolve()
    },
  })
  return { way, said, answer, closed, over: over.promise }
}

test('without runs nobody is asked, and the application ends when everything is closed', async () => {
  const { way, said, closed, over } = quitting(0)
  assert.equal(way.mayEnd(), false)
  assert.equal(way.mayEnd(), false)
  assert.deepEqual(said, ['close'])
  closed.resolve()
  await over
  assert.deepEqual(said, ['close', 'quit true'])
})

test('with runs a person is asked once, and "keep running" leaves everything as it is until the next time', async () => {
  const { way, said, answer } = quitting(2)
  assert.equal(way.mayEnd(), false)
  assert.equal(way.mayEnd(), false)
  assert.deepEqual(said, ['ask 2'])
  answer.resolve(false)
  await answer.promise
  await Promise.resolve()
  assert.equal(way.hasBegun, false)
  way.mayEnd()
  assert.deepEqual(said, ['ask 2', 'ask 2'])
})

test('"cancel and quit" closes and ends', async () => {
  const { way, said, answer, closed, over } = quitting(1)
  way.mayEnd()
  answer.resolve(true)
  closed.resolve()
  await over
  assert.deepEqual(said, ['ask 1', 'close', 'quit true'])
})

test('when the system ends, an open question is waited for no longer, and its answer changes nothing', async () => {
  const { way, said, answer, closed, over } = quitting(1)
  way.mayEnd()
  const closing = way.close()
  assert.equal(way.hasBegun, true)
  answer.resolve(true)
  closed.resolve()
  await Promise.all([closing, over])
  assert.deepEqual(said, ['ask 1', 'close', 'quit true'])
})
