import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sentence, sentences } from '../../shared/sentences.ts'
import { sentencesZh } from './sentences.zh.ts'
import { told } from './told.ts'

test('the engine’s sentences are told in Chinese, what they say of the moment included', () => {
  const text = sentence('disk-not-in-point', { disk: 'vd\u202Eb', problem: sentence('disk-without-image') })
  assert.equal(told(text, 'zh-CN'), '还原点中不包含磁盘 vd⟦U+202E⟧b。该磁盘没有镜像。')
  assert.equal(told(text, 'en'), 'vd⟦U+202E⟧b is not in the point. The disk has no image.')
})

test('what is no sentence of ours stays as it was said', () => {
  assert.equal(told('internal error: x', 'zh-CN'), 'internal error: x')
})

test('both languages say the same things of the moment', () => {
  const names = (text: string): readonly string[] => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort()
  for (const [key, english] of Object.entries(sentences))
    assert.deepEqual(names(sentencesZh[key as keyof typeof sentences]), names(english), key)
})
