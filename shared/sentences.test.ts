import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readSentence, type SentenceKey, sentence, sentences } from './sentences.ts'

const odd = 'a (b) {c} $1 \\ "d" .* \n 磁盘'

test('every sentence is recognised again, with what was put into it', () => {
  for (const key of Object.keys(sentences) as SentenceKey[]) {
    const names = [...sentences[key].matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '')
    const values = Object.fromEntries(names.map((name) => [name, `${name} ${odd}`]))
    assert.deepEqual(readSentence(sentence(key, values)), { key, values })
  }
})

test('a sentence inside another is found in its value', () => {
  const outer = readSentence(sentence('disk-not-in-point', { disk: 'vdb', problem: sentence('disk-without-image') }))
  assert.deepEqual(outer?.values, { disk: 'vdb', problem: sentences['disk-without-image'] })
  assert.equal(readSentence(outer?.values['problem'] ?? '')?.key, 'disk-without-image')
})

test('text that is none of ours is not taken for one', () => {
  assert.equal(readSentence('internal error: process exited'), undefined)
  assert.equal(readSentence(`${sentences['disk-without-image']} and more`), undefined)
})
