import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileNameOf } from './file-name.ts'

test('an ordinary name, in any script, stays as it is', () => {
  assert.equal(fileNameOf('erp-db 01'), 'erp-db 01')
  assert.equal(fileNameOf('数据库'), '数据库')
})

test('no name climbs out of its folder, hides itself or looks like an option', () => {
  for (const name of ['../etc/x', '/etc/x', '.', '..', '.hidden', '--all', '-rf', 'a\\b', 'a\0b', 'a\nb']) {
    const file = fileNameOf(name)
    assert.doesNotMatch(file, /^[.-]|[/\\\0\n]/, file)
  }
})

test('direction marks become visible', () => {
  assert.equal(fileNameOf('a\u202egpj.exe'), 'a%E2%80%AEgpj.exe')
})

test('two long names that differ only at their ends stay two', () => {
  const [one, two] = [fileNameOf(`${'长'.repeat(200)}1`), fileNameOf(`${'长'.repeat(200)}2`)]
  assert.notEqual(one, two)
  assert.ok(Buffer.byteLength(one) <= 180)
})
