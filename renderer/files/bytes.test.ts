import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeText, fromBase64, hexLines, lookAt } from './bytes.ts'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

test('text is told by what decodes: UTF-8 first, then what Chinese systems write, then what any byte is', () => {
  assert.deepEqual(lookAt(utf8('plain\n')), { kind: 'text', encoding: 'utf-8' })
  assert.deepEqual(lookAt(utf8('还原点')), { kind: 'text', encoding: 'utf-8' })
  assert.deepEqual(lookAt(Uint8Array.of(0xbb, 0xb9, 0xd4, 0xad)), { kind: 'text', encoding: 'gb18030' })
  assert.deepEqual(lookAt(Uint8Array.of(0x63, 0x61, 0x66, 0xe9, 0x20)), { kind: 'text', encoding: 'windows-1252' })
  assert.deepEqual(lookAt(new Uint8Array()), { kind: 'text', encoding: 'utf-8' })
})

test('a character that the end of the page cuts does not make text something else', () => {
  assert.deepEqual(lookAt(utf8('还原点').subarray(0, 8)), { kind: 'text', encoding: 'utf-8' })
})

test('UTF-16 is told with its mark and, for Latin text, without', () => {
  const wide = Uint8Array.from(Buffer.from('hosts and names', 'utf16le'))
  assert.deepEqual(lookAt(wide), { kind: 'text', encoding: 'utf-16le' })
  assert.deepEqual(lookAt(wide.slice().reverse()), { kind: 'text', encoding: 'utf-16be' })
  assert.deepEqual(lookAt(Uint8Array.of(0xff, 0xfe, 0x61, 0x00)), { kind: 'text', encoding: 'utf-16le' })
})

test('what holds zeroes or many controls is no text, and a picture is told by its first bytes', () => {
  assert.deepEqual(lookAt(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0)), { kind: 'binary' })
  assert.deepEqual(lookAt(Uint8Array.of(1, 2, 3, 4, 5, 65)), { kind: 'binary' })
  assert.deepEqual(lookAt(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10)), { kind: 'picture' })
  assert.deepEqual(lookAt(utf8('BM of the week')), { kind: 'text', encoding: 'utf-8' })
})

test('hex lines count from where the bytes lie in the file, and keep their columns at the end', () => {
  const [first, second] = hexLines(utf8('0123456789abcdefXY\n'), 32)
  assert.equal(first, '00000020  30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66  0123456789abcdef')
  assert.equal(second, `00000030  58 59 0a${' '.repeat(39)}  XY·`)
})

test('bytes come back from base64 as they were', () => {
  assert.deepEqual([...fromBase64('AP+A')], [0, 255, 128])
  assert.equal(decodeText(fromBase64('u7nUrQ=='), 'gb18030'), '还原')
})
