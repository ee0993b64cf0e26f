import assert from 'node:assert/strict'
import test from 'node:test'
import * as fc from 'fast-check'
import { nameFromBytes, nameToBytes } from '../../guest/names.ts'
import { type NameRules, numbered, safeName } from './names.ts'

const all: readonly NameRules[] = ['unix', 'text', 'windows']

test('whatever bytes a guest puts into a name, it is one component that fits', async () => {
  await fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), fc.integer({ min: 1, max: 99_999 }), (bytes, count) => {
      for (const rules of all) {
        for (const isFolder of [true, false]) {
          const name = numbered(safeName(nameFromBytes(bytes), rules), count, isFolder, rules)
          assert.doesNotMatch(name, /[/\0]/)
          assert.ok(!['', '.', '..'].includes(name))
          assert.ok(rules === 'windows' ? name.length <= 255 : nameToBytes(name).length <= 255, rules)
        }
      }
    }),
  )
})

test('ordinary names stay as they are', () => {
  for (const name of ['报告 2026.pdf', '.bashrc', 'a b', 'x'.repeat(255), '100%', 'é', 'archive.tar.gz']) {
    for (const rules of all) assert.equal(safeName(name, rules), name)
  }
})

test('a byte that is no UTF-8 stays where names are bytes, and is told elsewhere', () => {
  assert.deepEqual([safeName('a\udcff', 'unix'), safeName('a\udcff', 'text')], ['a\udcff', 'a%FF'])
  assert.equal(safeName('a\ud800', 'unix'), 'a%uD800')
})

test('what Windows reserves stays only where it means nothing', () => {
  const cases = {
    con: '_con',
    'nul.txt': '_nul.txt',
    'a:b': 'a%3Ab',
    'a.': 'a%2E',
    'a ': 'a%20',
    'a\\b': 'a%5Cb',
    '\u202ea': '%E2%80%AEa',
  }
  for (const [name, safe] of Object.entries(cases)) {
    assert.deepEqual([safeName(name, 'windows'), safeName(name, 'unix')], [safe, name])
  }
})

test('names that are too long keep their endings and stay apart', () => {
  const [one, two] = [safeName(`${'x'.repeat(300)}1.pdf`, 'unix'), safeName(`${'x'.repeat(300)}2.pdf`, 'unix')]
  assert.ok(one.endsWith('.pdf') && one !== two)
})

test('numbers stand before the ending of a file and behind the name of a folder', () => {
  assert.equal(numbered('a.tar', 2, false, 'unix'), 'a (2).tar')
  assert.equal(numbered('v1.2', 2, true, 'unix'), 'v1.2 (2)')
  assert.equal(numbered('.bashrc', 2, false, 'unix'), '.bashrc (2)')
})
