import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressOf, credentialsOf, draftOfAddress, type StoreDraft, wrongFields } from './store-draft.ts'

const empty = draftOfAddress(undefined)
const typed: StoreDraft = { ...empty, kind: 's3', bucket: 'backups', region: 'eu-central-1' }
const address = { kind: 's3', region: 'eu-central-1', bucket: 'backups', prefix: '', pathStyle: true } as const

test('an address that is known comes back as it was, with its trust', () => {
  const whole = { ...address, endpoint: 'https://s3.example', prefix: 'a/b/', fingerprint: 'ab'.repeat(32) }
  for (const each of [address, whole, { ...address, ca: 'PEM' }, { kind: 'folder', folder: '/mnt' } as const])
    assert.deepEqual(addressOf(draftOfAddress(each)), each)
})

test('slashes around a prefix and colons in a fingerprint are as good as none', () => {
  assert.deepEqual(addressOf({ ...typed, prefix: '/vm/nightly' }), { ...address, prefix: 'vm/nightly/' })
  const fingerprint = Array.from({ length: 32 }, () => 'AB').join(':')
  assert.deepEqual(addressOf({ ...typed, trust: 'fingerprint', fingerprint }), {
    ...address,
    fingerprint: 'ab'.repeat(32),
  })
})

test('plain http is taken for loopback alone', () => {
  const of = (endpoint: string): boolean => addressOf({ ...typed, endpoint }) !== undefined
  for (const good of ['', 'https://s3.example:9000', 'http://127.0.0.1:7480', 'http://localhost', 'http://[::1]:1'])
    assert.ok(of(good), good)
  for (const bad of ['http://s3.example', 'http://127.0.0.1.example', 's3.example', 'ftp://localhost', 'https://'])
    assert.ok(!of(bad), bad)
})

test('a field that is empty is missing and not wrong; a wrong one is named', () => {
  assert.deepEqual([...wrongFields({ ...empty, kind: 's3', region: '' })], [])
  assert.equal(addressOf({ ...typed, bucket: '' }), undefined)
  const bad = { endpoint: 'http://far', region: 'EU', bucket: 'A', prefix: 'a b', fingerprint: 'xyz' }
  assert.deepEqual([...wrongFields({ ...typed, ...bad, trust: 'fingerprint' })], Object.keys(bad))
})

test('trust in an authority or a certificate that is not named yet is no address', () => {
  assert.equal(addressOf({ ...typed, trust: 'ca' }), undefined)
  assert.equal(addressOf({ ...typed, trust: 'fingerprint' }), undefined)
})

test('an account needs key and secret, and carries a token only when there is one', () => {
  assert.equal(credentialsOf({ ...typed, accessKeyId: 'a' }), undefined)
  const account = { accessKeyId: 'a', secretAccessKey: 'b' }
  assert.deepEqual(credentialsOf({ ...typed, ...account }), account)
  assert.deepEqual(credentialsOf({ ...typed, ...account, sessionToken: ' t ' }), { ...account, sessionToken: 't' })
})
