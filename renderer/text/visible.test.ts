import assert from 'node:assert/strict'
import { test } from 'node:test'
import { splitVisible, visible } from './visible.ts'

test('an override that would turn exe into gpj stands as a mark between two plain pieces', () => {
  assert.deepEqual(splitVisible('photo\u202Egpj.exe'), [
    { kind: 'text', text: 'photo' },
    { kind: 'mark', codePoint: 'U+202E' },
    { kind: 'text', text: 'gpj.exe' },
  ])
})

test('no control, bidi, zero-width or tag character survives in plain text', () => {
  const hidden = [
    '\0',
    '\u0007',
    '\n',
    '\u007F',
    '\u0085',
    '\u200B',
    '\u200F',
    '\u2028',
    '\u2066',
    '\uFEFF',
    '\u{E0041}',
    '\uFE0F',
    '\uD800',
  ]
  for (const character of hidden) {
    const shown = visible(`a${character}b`)
    assert.match(shown, /^a⟦U\+[0-9A-F]{4,6}⟧b$/, JSON.stringify(character))
  }
})

test('ordinary names of any script stay as they are', () => {
  for (const name of ['web-01', '数据库 主', 'сервер', 'عربي', 'é', '😀', '<img src=x>', ''])
    assert.equal(visible(name), name)
})
