import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileDetails, fileEntry } from '../../../shared/files.ts'
import { detailsOf, entryOf } from './entry.ts'

const facts = {
  kind: 'char-device',
  sizeBytes: 7,
  modifiedAt: -1_500_000n,
  accessedAt: 1_800_000_000_123_456_789n,
} as const

test('times are milliseconds with their fractions, before 1970 too', () => {
  const details = detailsOf({ name: 'a', ref: '12', facts }, '/a')
  assert.equal(details.modifiedAt, -1.5)
  assert.ok(Math.abs((details.accessedAt ?? 0) - 1_800_000_000_123.4568) < 0.001)
})

test('what a file system does not have is absent, and what it has is told', () => {
  assert.deepEqual(entryOf({ name: 'a', ref: '1', facts: { kind: 'file', sizeBytes: 1 } }), {
    name: 'a',
    kind: 'file',
    sizeBytes: 1,
  })
  const full = {
    ...facts,
    mode: 0,
    uid: 0,
    links: 1,
    device: { major: 5, minor: 1 },
    streams: [{ name: 's', sizeBytes: 3 }],
  }
  const details = fileDetails.parse(detailsOf({ name: 'a', ref: '12', facts: full }, '/a'))
  assert.deepEqual([details.mode, details.uid, details.gid, details.node], [0, 0, undefined, '12'])
  assert.deepEqual([details.device, details.streams, details.links], [{ major: 5, minor: 1 }, full.streams, 1])
})

test('an entry that cannot be read is told with its problem', () => {
  const told = entryOf({ name: 'a', ref: '1', facts: undefined, problem: 'its inode is damaged' })
  assert.deepEqual(fileEntry.parse(told), { name: 'a', kind: 'other', sizeBytes: 0, problem: 'its inode is damaged' })
})
