import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Failure } from '../../../../shared/failure.ts'
import { element, serializeXml } from './build-xml.ts'
import { exactTextOf, parseXml } from './xml.ts'

const names = [
  '--all',
  '-c',
  '`id`',
  '$(reboot)',
  ';rm -rf /',
  '../../etc/passwd',
  '<img src=x onerror=alert(1)>',
  '</name><uuid>',
  ']]>',
  '<![CDATA[',
  '&amp;&#65;',
  '"quoted" \'twice\'',
  '0123',
  'a\u202egnp.exe',
  '虚拟机 ①',
  ' spaces around ',
  'tab\tand\nline\rends\r\n',
  'emoji 🧯',
  '%s%n',
  '\u2028\u0085',
]

for (const name of names) {
  test(`the name ${JSON.stringify(name)} stays itself as text and as attribute`, () => {
    const back = parseXml(serializeXml(element('d', { name }, name)))
    assert.equal(back.attributes.get('name'), name)
    assert.equal(exactTextOf(back), name)
    assert.equal(back.children.length, name === '' ? 0 : 1)
  })
}

test('what XML cannot carry is refused instead of being sent changed', () => {
  for (const text of ['\u0000', '\u001b', '\u000b', '\ud800', '\udc00x', '\uffff']) {
    const refused = (error: unknown) => error instanceof Failure && error.code === 'invalid-argument'
    assert.throws(() => serializeXml(element('d', {}, text)), refused, JSON.stringify(text))
    assert.throws(() => serializeXml(element('d', { a: text })), refused, JSON.stringify(text))
  }
})

test('a name of an element or attribute cannot smuggle markup in', () => {
  for (const name of ['', 'a b', 'a>', 'a/', '1a', 'a="1" b', '<a'])
    assert.throws(() => serializeXml(element(name, {})), Failure, name)
  assert.throws(() => serializeXml(element('d', { 'a="1" b': 'x' })), Failure)
})

test('any tree of any text comes back the same, or is refused', () => {
  const text = fc.string({ unit: 'binary', maxLength: 20 })
  fc.assert(
    fc.property(text, text, (value, content) => {
      let xml: string
      try {
        xml = serializeXml(element('d', { value }, element('e', {}, content)))
      } catch (error) {
        assert.ok(error instanceof Failure)
        return
      }
      const back = parseXml(xml)
      assert.equal(back.attributes.get('value'), value)
      const [child] = back.children
      assert.equal(typeof child === 'object' ? (exactTextOf(child) ?? '') : undefined, content)
    }),
    { numRuns: 2000 },
  )
})

test('attributes and children that are undefined are left out', () => {
  assert.equal(serializeXml(element('d', { a: undefined, b: 1 }, undefined, element('e', {}))), '<d b="1"><e/></d>')
})
