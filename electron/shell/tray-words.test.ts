import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run } from './fake-facts.ts'
import { firstOverview } from './overview.ts'
import { languageOf, texts } from './text.ts'
import { runLines, tooltipOf } from './tray-words.ts'

const counts = { unprotected: 1, 'at-risk': 2, protected: 40 }

test('the tooltip says the worst state, and how many machines when something is wrong', () => {
  const good = { ...firstOverview, counts, light: 'protected' } as const
  assert.equal(tooltipOf(good, texts.en), 'All machines are protected')
  const bad = { ...good, light: 'unprotected' } as const
  assert.equal(tooltipOf(bad, texts.en), 'Some machines are unprotected\n40 protected, 2 at risk, 1 unprotected')
  assert.equal(tooltipOf(bad, texts['zh-CN']), '部分虚拟机未受保护\n40 台受保护，2 台有风险，1 台未受保护')
})

test('few runs have a line each, many are counted, none is said', () => {
  assert.deepEqual(runLines([], texts.en), ['Nothing is running'])
  assert.deepEqual(runLines([run('running', { machineName: 'web\u202E1' })], texts.en), ['Backing up web\uFFFD1'])
  const { machineName: _, ...verify } = run('running', { kind: 'verify' })
  assert.deepEqual(runLines([verify], texts.en), ['Verifying a repository'])
  const lines = runLines(
    Array.from({ length: 9 }, () => run('running')),
    texts.en,
  )
  assert.equal(lines.length, 6)
  assert.equal(lines[5], 'and 4 more')
})

test('a chosen language goes before that of the system, and every Chinese one is served in Chinese', () => {
  assert.equal(languageOf('en', 'zh-CN'), 'en')
  assert.equal(languageOf(undefined, 'zh-TW'), 'zh-CN')
  assert.equal(languageOf(undefined, 'zh'), 'zh-CN')
  assert.equal(languageOf(undefined, 'de-DE'), 'en')
})

test('no Chinese word was forgotten', () => {
  const plain = Object.entries(texts['zh-CN']).filter(([, text]) => typeof text === 'string')
  assert.ok(plain.length > 30)
  assert.deepEqual(
    plain.filter(([, text]) => !/[一-鿿]/.test(text as string)),
    [],
  )
})
