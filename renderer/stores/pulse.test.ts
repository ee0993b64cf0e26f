import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '../../shared/failure.ts'
import { pulseStore } from './pulse.ts'

test('a dead engine is told from one that answers with a failure of its own, and from one that will not start', async () => {
  const answers = [
    () => Promise.resolve(),
    () => Promise.reject(new Failure('engine-died', 'gone')),
    () => Promise.reject(new Failure('bug', 'odd')),
    () => Promise.reject(new Failure('catalog-from-future', 'newer')),
  ]
  const pulse = pulseStore(() => (answers.shift() ?? (() => Promise.resolve()))())
  const lives: string[] = []
  for (let left = answers.length; left > 0; left--) {
    await pulse.feel()
    lives.push(pulse.getState().life)
  }
  assert.deepEqual(lives, ['up', 'restarting', 'up', 'refused'])
})
