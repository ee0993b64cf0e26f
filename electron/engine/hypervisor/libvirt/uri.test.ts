import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '../../../../shared/failure.ts'
import { parseUri } from './uri.ts'

test('the system daemon is looked for where either kind of daemon listens', () => {
  assert.deepEqual(parseUri('qemu:///system', {}), {
    uri: 'qemu:///system',
    scope: 'system',
    sockets: ['/run/libvirt/virtqemud-sock', '/run/libvirt/libvirt-sock'],
  })
})

test("a user's daemon is looked for below the runtime folder, or else below the cache", () => {
  const sockets = (environment: Record<string, string>) => parseUri('qemu:///session', environment).sockets
  assert.deepEqual(sockets({ XDG_RUNTIME_DIR: '/run/user/7', HOME: '/h' }), [
    '/run/user/7/libvirt/virtqemud-sock',
    '/run/user/7/libvirt/libvirt-sock',
  ])
  assert.equal(sockets({ HOME: '/h' })[0], '/h/.cache/libvirt/virtqemud-sock')
  assert.equal(sockets({ HOME: '/h', XDG_CACHE_HOME: '/c' })[1], '/c/libvirt/libvirt-sock')
})

test('a named socket is the only one that is tried, and the daemon does not hear of it', () => {
  const address = parseUri('qemu:///system?socket=/tmp/a%20b/sock', {})
  assert.deepEqual(address.sockets, ['/tmp/a b/sock'])
  assert.equal(address.uri, 'qemu:///system')
})

test('what cannot be reached through a local socket is refused', () => {
  for (const uri of [
    '',
    'system',
    'qemu:///',
    'qemu:///other',
    'qemu:///system/',
    'xen:///system',
    'qemu+ssh://host/system',
    'qemu+tcp://127.0.0.1/system',
    'qemu://host/system',
    'qemu:///system?socket=relative',
    'qemu:///system?socket=/a&mode=legacy',
    'qemu:///system?command=/bin/sh',
    'http://127.0.0.1/',
  ])
    assert.throws(
      () => parseUri(uri, {}),
      (error) => error instanceof Failure && error.code === 'invalid-argument',
      uri,
    )
})
