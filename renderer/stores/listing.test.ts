import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '../../shared/failure.ts'
import { listStore } from './listing.ts'

test('changes told while a question is under way lead to exactly one more question', async () => {
  const answers = [Promise.withResolvers<readonly string[]>(), Promise.withResolvers<readonly string[]>()]
  let asked = 0
  const store = listStore(() => answers[asked++]?.promise ?? Promise.reject(new Error('asked too often')))
  const all = [store.refresh(), store.refresh(), store.refresh()]
  answers[0]?.resolve(['old'])
  answers[1]?.resolve(['new'])
  await Promise.all(all)
  assert.equal(asked, 2)
  assert.deepEqual(store.getState(), { items: ['new'], loaded: true })
})

test('a question that fails keeps the last answer and says why', async () => {
  const answers = [() => Promise.resolve(['one']), () => Promise.reject(new Failure('engine-died', 'gone'))]
  const store = listStore(() => (answers.shift() ?? (() => Promise.resolve([])))())
  await store.refresh()
  await store.refresh()
  assert.deepEqual(store.getState(), {
    items: ['one'],
    loaded: true,
    failure: { code: 'engine-died', message: 'gone' },
  })
  await store.refresh()
  assert.deepEqual(store.getState(), { items: [], loaded: true })
})
