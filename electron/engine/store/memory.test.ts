import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '../../../shared/failure.ts'
import { memoryStore } from './memory.ts'
import { storeSuite } from './store.suite.ts'

const signal = new AbortController().signal

storeSuite('memory', async () => memoryStore())

test('a call that fails before has done nothing, one that fails after has done all', async () => {
  for (const when of ['before', 'after'] as const) {
    await using store = memoryStore((call) => {
      if (call.when === when && call.kind === 'put') throw new Failure('repository-unreachable', when)
    })
    await assert.rejects(store.put('a', new Uint8Array(3), signal), { code: 'repository-unreachable' })
    assert.equal(store.objects.has('a'), when === 'after')
  }
})
