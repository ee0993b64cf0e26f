import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failureCodes } from '../../shared/failure.ts'
import { causes } from '../../shared/point.ts'
import { texts } from './texts.ts'

type Tree = { readonly [key: string]: Tree | string }

function leaves(tree: Tree, path: readonly string[] = []): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') found.set([...path, key].join('.'), value)
    else for (const [name, text] of leaves(value, [...path, key])) found.set(name, text)
  }
  return found
}

const en = leaves(texts.en)
const zh = leaves(texts['zh-CN'])

function variables(text: string): readonly string[] {
  return [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => String(match[1])).sort()
}

test('both languages have exactly the same keys', () => {
  assert.ok(en.size > 300, `only ${en.size} texts were seen`)
  assert.deepEqual([...zh.keys()].sort(), [...en.keys()].sort())
})

test('no text is empty, and each names the same variables in both languages', () => {
  for (const [key, text] of en) {
    const twin = zh.get(key) ?? ''
    assert.notEqual(text.trim(), '', key)
    assert.notEqual(twin.trim(), '', key)
    assert.deepEqual(variables(twin), variables(text), key)
  }
})

test('a sentence in one language is not left untranslated in the other', () => {
  const same = [...en].filter(([key, text]) => zh.get(key) === text).map(([key]) => key)
  assert.deepEqual(same.sort(), ['common.none', 'fact.hostKind.libvirt', 'machine.id', 'restore.suggestedName'])
})

test('every failure has a cause and a next step, and every cause of a reading a sentence', () => {
  for (const side of [en, zh]) {
    for (const code of failureCodes) {
      assert.ok(side.get(`failure.${code}.cause`), code)
      assert.ok(side.get(`failure.${code}.next`), code)
    }
    for (const cause of causes) assert.ok(side.get(`fact.cause.${cause}`), cause)
  }
})
