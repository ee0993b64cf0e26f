import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '../../../../shared/failure.ts'
import { childOf, childrenOf, exactTextOf, parseXml, textOf, type XmlElement } from './xml.ts'

const deep = (depth: number) => '<a>'.repeat(depth) + '</a>'.repeat(depth)
const attributes = (count: number) => Array.from({ length: count }, (_, index) => `a${index}=""`).join(' ')
const bomb = Array.from({ length: 10 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('')

const hostile: Readonly<Record<string, string>> = {
  'nothing at all': '',
  'only white space': ' \n\t ',
  'no markup': 'domain',
  'a lone angle bracket': '<',
  'an element cut off in its name': '<dom',
  'an element cut off in an attribute': '<domain id="1',
  'an element never closed': '<domain><name>x</name>',
  'a document cut off inside a comment': '<domain><!-- x',
  'a document cut off inside CDATA': '<domain><![CDATA[x',
  'wrong nesting': '<a><b></a></b>',
  'an end without a start': '</a>',
  'two roots': '<a/><b/>',
  'text after the root': '<a/>x',
  'text before the root': 'x<a/>',
  'an empty document type': '<!DOCTYPE domain><domain/>',
  'a billion laughs': `<!DOCTYPE d [<!ENTITY l0 "lol">${bomb}]><d>&l10;</d>`,
  'quadratic growth': `<!DOCTYPE d [<!ENTITY a "${'a'.repeat(100_000)}">]><d>${'&a;'.repeat(1000)}</d>`,
  'an entity of a local file': '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>',
  'an entity from the network': '<!DOCTYPE d [<!ENTITY x SYSTEM "http://127.0.0.1/x">]><d>&x;</d>',
  'a parameter entity': '<!DOCTYPE d [<!ENTITY % x SYSTEM "http://127.0.0.1/x"> %x;]><d/>',
  'a document type elsewhere': '<!DOCTYPE d SYSTEM "http://127.0.0.1/d.dtd"><d/>',
  'a document type without end': `<!DOCTYPE d [${'<!ENTITY x "y">'.repeat(1000)}`,
  'an entity of HTML': '<d>&nbsp;</d>',
  'an entity that nobody declared': '<d>&xxe;</d>',
  'an entity in an attribute': '<d a="&xxe;"/>',
  'a bare ampersand': '<d>a & b</d>',
  'a reference to NUL': '<d>&#0;</d>',
  'a reference to a lone surrogate': '<d>&#xD800;</d>',
  'a reference beyond Unicode': '<d>&#x110000;</d>',
  'a control character as reference': '<d>&#1;</d>',
  'a control character in XML 1.1': '<?xml version="1.1"?><d>&#1;</d>',
  'NUL itself': '<d>\u0000</d>',
  'an escape character': '<d>\u001b[2J</d>',
  'a lone surrogate': '<d>\ud800</d>',
  'the same attribute twice': '<d a="1" a="2"/>',
  'an attribute without quotes': '<d a=1/>',
  'an attribute without value': '<d a/>',
  'an angle bracket in an attribute': '<d a="<"/>',
  'a name that begins with a digit': '<1d/>',
  'more depth than any chain of images': deep(513),
  'depth enough for a stack overflow': deep(500_000),
  'an element with too many attributes': `<d ${attributes(257)}/>`,
  'more elements than any machine has': `<d>${'<e/>'.repeat(200_001)}</d>`,
  'an attribute longer than any message': `<d a="${'x'.repeat(4 * 1024 * 1024)}"/>`,
  'a text longer than any message': `<d>${'x'.repeat(4 * 1024 * 1024)}</d>`,
  'a processing instruction in the wrong place': ' <?xml version="1.0"?><d/>',
  'the end of CDATA without a start': '<d>]]></d>',
}

for (const [what, document] of Object.entries(hostile)) {
  test(`${what} is refused with a foreseen failure`, () => {
    assert.throws(
      () => parseXml(document),
      (error) => error instanceof Failure && error.code === 'host-unsupported',
    )
  })
}

test('at least forty hostile documents are tried', () => {
  assert.ok(Object.keys(hostile).length >= 40)
})

test('the bounds still hold a chain of 199 overlays, 256 attributes and long text', () => {
  assert.equal(parseXml(deep(512)).name, 'a')
  assert.equal(parseXml(`<d ${attributes(256)}/>`).attributes.size, 256)
  assert.equal(textOf(parseXml(`<d>${'x'.repeat(3_000_000)}</d>`))?.length, 3_000_000)
})

test('elements, prefixes, attributes and text are found as written', () => {
  const root = parseXml(
    `<?xml version="1.0"?><!-- c --><d type='kvm' xmlns:q='u'><name> a&amp;<![CDATA[<b>]]> </name><q:x q:y='1&#10;2'/><n/><n/></d>`,
  )
  assert.equal(root.attributes.get('type'), 'kvm')
  assert.equal(textOf(childOf(root, 'name')), 'a&<b>')
  assert.equal(exactTextOf(childOf(root, 'name')), ' a&<b> ')
  assert.equal(childOf(root, 'q:x')?.attributes.get('q:y'), '1\n2')
  assert.equal(childrenOf(root, 'n').length, 2)
  assert.equal(textOf(childOf(root, 'n')), undefined)
  assert.equal(childOf(undefined, 'n'), undefined)
})

test('names that mean something to JavaScript are only names', () => {
  const root: XmlElement = parseXml('<constructor __proto__="1" toString="2"><__proto__/></constructor>')
  assert.deepEqual(
    [...root.attributes],
    [
      ['__proto__', '1'],
      ['toString', '2'],
    ],
  )
  assert.equal(childOf(root, '__proto__')?.name, '__proto__')
  assert.equal(childOf(root, 'hasOwnProperty'), undefined)
})
