import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shownName } from './shown-name.ts'

test('an ordinary name is shown as it is', () => {
  for (const name of ['web-1', '数据库 主', 'a & b', 'Ünïcode']) assert.equal(shownName(name), name)
})

test('marks that hide or turn text are made visible, and markup is none', () => {
  assert.equal(shownName('safe\u202Egnp.exe'), 'safe\uFFFDgnp.exe')
  assert.equal(shownName('a\u0000b\nc\u2028d\u200Be'), 'a\uFFFDb\uFFFDc\uFFFDd\uFFFDe')
  assert.equal(shownName('<b>big</b>'), '‹b›big‹/b›')
})

test('a name without end gets one, between letters', () => {
  const shown = shownName('😀'.repeat(500))
  assert.equal([...shown].length, 60)
  assert.ok(shown.endsWith('😀…'))
})
