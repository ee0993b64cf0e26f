import assert from 'node:assert/strict'
import test from 'node:test'
import { fileNameFor } from './file-name.ts'

test('a name that the system can have is kept as it is, however odd', () => {
  for (const name of ['--all', '`id`', '<img onerror=alert(1)>', '\u202egnp.exe', '4711', 'a\nb', '100%', '数据库']) {
    assert.equal(fileNameFor(name, '.raw', 'linux'), `${name}.raw`)
  }
})

test('a name that the system cannot have is encoded so that one sees it', () => {
  assert.equal(fileNameFor('../../etc/passwd', '.raw', 'linux'), '%2E.%2F..%2Fetc%2Fpasswd.raw')
  assert.equal(fileNameFor('..', '', 'linux'), '%2E.')
  assert.equal(fileNameFor('.', '', 'linux'), '%2E')
  assert.equal(fileNameFor('a\0b', '', 'linux'), 'a%00b')
  assert.equal(fileNameFor('', '.raw', 'linux'), '%.raw')
  assert.equal(fileNameFor('half.partial', '', 'linux'), 'half%2Epartial')
})

test('what Windows reserves is encoded there only', () => {
  assert.equal(fileNameFor('con', '.raw', 'win32'), '%63on.raw')
  assert.equal(fileNameFor('a:b\\c?', '', 'win32'), 'a%3Ab%5Cc%3F')
  assert.equal(fileNameFor('ends. ', '', 'win32'), 'ends.%20')
  assert.equal(fileNameFor('con:', '.raw', 'linux'), 'con:.raw')
})

test('names that are too long are cut between characters and stay different', () => {
  const [one, other] = ['甲', '乙'].map((last) => fileNameFor('机'.repeat(199) + last, '.qcow2', 'linux'))
  assert.ok(one !== undefined && other !== undefined)
  assert.notEqual(one, other)
  for (const name of [one, other]) {
    assert.ok(Buffer.byteLength(name) <= 255 && Buffer.byteLength(name) > 250)
    assert.ok(name.isWellFormed() && !name.includes('\ufffd') && name.endsWith('.qcow2'))
  }
})
