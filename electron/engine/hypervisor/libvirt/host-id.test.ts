import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readHostId, uuidV5 } from './host-id.ts'

test('version 5 UUIDs are those of RFC 9562', () => {
  const dnsNamespace = '6ba7b810-9dad-11d1-80b4-00c04fd430c8'
  assert.equal(uuidV5(dnsNamespace, 'www.example.com'), '2ed6657d-e927-568b-95e1-2665a8aea6a2')
})

test('one daemon keeps its id and two addresses have two', async () => {
  const capabilities = '<capabilities><host><uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid></host></capabilities>'
  const ids = await Promise.all(
    ['qemu:///system', 'qemu:///system', 'qemu:///session'].map((uri) => readHostId(uri, capabilities)),
  )
  assert.equal(ids[0], ids[1])
  assert.notEqual(ids[0], ids[2])
})
