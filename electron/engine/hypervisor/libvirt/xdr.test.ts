import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Failure } from '../../../../shared/failure.ts'
import { XdrReader, XdrWriter } from './xdr.ts'

const refused = (error: unknown) => error instanceof Failure && error.code === 'host-unsupported'

test('every kind of value comes back as it went out', () => {
  const bytes = new XdrWriter()
    .int(-5)
    .uint(0xffff_ffff)
    .hyper(-7n)
    .uhyper(1n << 52n)
    .string('Grüße 虚拟机')
    .optionalString(undefined)
    .optionalString('')
    .list(['a', 'bc'], () => undefined)
    .fixed(Buffer.from('abcde'))
    .bytes()
  const reader = new XdrReader(bytes)
  assert.equal(reader.int(), -5)
  assert.equal(reader.uint(), 0xffff_ffff)
  assert.equal(reader.hyper(), -7)
  assert.equal(reader.uhyper(), 2 ** 52)
  assert.equal(reader.string(), 'Grüße 虚拟机')
  assert.equal(reader.optionalString(), undefined)
  assert.equal(reader.optionalString(), '')
  assert.equal(reader.uint(), 2)
  assert.equal(reader.fixed(5).toString(), 'abcde')
  assert.throws(() => reader.int(), refused)
})

test('strings are padded with zeroes to four bytes, as RFC 4506 has it', () => {
  assert.equal(new XdrWriter().string('abcde').bytes().toString('hex'), '000000056162636465000000')
})

test('a length beyond the message is refused, not allocated', () => {
  for (const length of [5, 4 * 1024 * 1024, 4 * 1024 * 1024 + 1, 0x7fff_ffff, 0xffff_ffff]) {
    const head = new XdrWriter().uint(length).int(0).bytes()
    assert.throws(() => new XdrReader(head).string(), refused, `string of ${length}`)
    assert.throws(() => new XdrReader(head).list(() => 0), refused, `list of ${length}`)
  }
})

test('an optional value is there or not there, nothing else', () => {
  assert.throws(() => new XdrReader(new XdrWriter().uint(2).string('x').bytes()).optionalString(), refused)
})

test('a string over 4 MiB is not sent, because the daemon would hang up', () => {
  const tooLong = 'x'.repeat(4 * 1024 * 1024 + 1)
  assert.throws(
    () => new XdrWriter().string(tooLong),
    (error) => error instanceof Failure && error.code === 'invalid-argument',
  )
})

test('any bytes are read or refused, and never anything else', () => {
  const anyBytes = fc.uint8Array({ maxLength: 64 })
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      const reader = new XdrReader(Buffer.from(bytes))
      try {
        reader.list(() => [reader.string(), reader.optionalString(), reader.hyper()])
      } catch (error) {
        assert.ok(refused(error), String(error))
      }
    }),
    { numRuns: 3000 },
  )
})
