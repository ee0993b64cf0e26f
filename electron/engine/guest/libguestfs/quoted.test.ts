import assert from 'node:assert/strict'
import { test } from 'node:test'
import { factsIn } from './facts.ts'
import { quoted } from './guestfish.ts'

test('nothing that could mean something to guestfish is left in a parameter', () => {
  const hostile = Buffer.from('/a b"\n-rm -rf /\\$(x)#;|<>\'é\u0000')
  assert.match(quoted(hostile), /^"(?:[A-Za-z0-9/._-]|\\x[0-9a-f]{2})*"$/)
  assert.equal(quoted(Buffer.from('/a b\n')), '"/a\\x20b\\x0a"')
})

test('an output that is no list of numbers is damage, and none is a failure', () => {
  assert.equal(factsIn(''), undefined)
  assert.throws(() => factsIn('st_mode: 33188\nst_size: many\n'), { code: 'file-system-damaged' })
})

test('before 1970 and beyond 2038 times are what they are', () => {
  const numbers = { mode: 0o100644, size: 5, blocks: 8, uid: 1, gid: 2, nlink: 1 }
  const times = { mtime_sec: -2, mtime_nsec: 500, ctime_sec: 4_500_000_000, ctime_nsec: 1, atime_sec: 0, atime_nsec: 0 }
  const text = Object.entries({ ...numbers, ...times }).map(([name, value]) => `st_${name}: ${value}\n`)
  const facts = factsIn(text.join(''))
  assert.equal(facts?.modifiedAt, -1_999_999_500n)
  assert.equal(facts?.changedAt, 4_500_000_000_000_000_001n)
  assert.equal(facts?.kind, 'file')
})
