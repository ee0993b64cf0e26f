import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Host, Machine } from '../../shared/machine.ts'
import { firstForm, freeName, isConfirmed, kindOf, makingHosts, type RestoreForm, targetOf } from './restore-form.ts'

const empty: RestoreForm = firstForm('', [], undefined)

function machine(name: string, hostId = 'h'): Machine {
  return { id: name, hostId, name, state: 'off', transient: false, disks: [], snapshots: [] }
}

function host(id: string, rest: Partial<Host> = {}): Host {
  return { id, address: { kind: 'libvirt', uri: 'qemu:///system' }, name: id, state: 'connected', ...rest }
}

test('nothing is overwritten before the very name of the machine was typed', () => {
  const form: RestoreForm = { ...empty, kind: 'in-place' }
  assert.equal(isConfirmed(form, 'web-01'), false)
  assert.equal(isConfirmed({ ...form, confirmation: 'WEB-01' }, 'web-01'), false)
  assert.equal(isConfirmed({ ...form, confirmation: 'web-01 ' }, 'web-01'), false)
  assert.equal(isConfirmed({ ...form, confirmation: 'web-01' }, 'web-01'), true)
  assert.equal(isConfirmed({ ...form, confirmation: 'a⟦U+202E⟧b' }, 'a\u202Eb'), true)
  assert.equal(isConfirmed({ ...form, kind: 'images' }, 'web-01'), true)
})

test('a point of the present is taken first unless somebody said otherwise', () => {
  const form: RestoreForm = { ...empty, kind: 'in-place' }
  assert.deepEqual(targetOf(form), { kind: 'in-place' })
  assert.deepEqual(targetOf({ ...form, undoFirst: false }), { kind: 'in-place', withoutUndo: true })
  assert.deepEqual(targetOf({ ...form, disks: ['vdb'] }), { kind: 'in-place', disks: ['vdb'] })
})

test('a new machine needs a name and a host, and no folder', () => {
  const form: RestoreForm = { ...empty, kind: 'new-machine', name: ' web-02 ' }
  assert.equal(targetOf(form), undefined)
  assert.equal(targetOf({ ...form, name: ' ', hostId: 'h' }), undefined)
  assert.deepEqual(targetOf({ ...form, hostId: 'h' }), { kind: 'new-machine', name: 'web-02', hostId: 'h' })
  const more = targetOf({ ...form, hostId: 'h', storage: '/pool', start: true })
  assert.deepEqual(more, { kind: 'new-machine', name: 'web-02', hostId: 'h', storage: '/pool', start: true })
})

test('image files need a folder; without chosen disks all are meant, and none is no choice', () => {
  const form: RestoreForm = { ...empty, kind: 'images', folder: ' /out ' }
  assert.equal(targetOf({ ...form, folder: ' ' }), undefined)
  assert.deepEqual(targetOf(form), { kind: 'images', folder: '/out', format: 'qcow2' })
  const one = targetOf({ ...form, disks: ['vda'], format: 'raw' })
  assert.deepEqual(one, { kind: 'images', folder: '/out', format: 'raw', disks: ['vda'] })
  assert.equal(targetOf({ ...form, disks: [] }), undefined)
})

test('chosen disks never become a new machine, and the choice of a new machine is not lost by them', () => {
  const form = firstForm('web-02', [host('h')], undefined)
  const some = { ...form, disks: ['vda'], folder: '/out' }
  assert.equal(kindOf(some), 'images')
  assert.equal(targetOf(some)?.kind, 'images')
  assert.equal(kindOf({ ...some, disks: undefined }), 'new-machine')
})

test('the new machine goes to the host of the original, unless that cannot take it', () => {
  const hosts = makingHosts([
    host('images', { address: { kind: 'images', folder: '/srv' } }),
    host('away', { state: 'unreachable' }),
    host('a'),
    host('b'),
  ])
  assert.deepEqual(
    hosts.map(({ id }) => id),
    ['a', 'b'],
  )
  assert.equal(firstForm('x', hosts, machine('web', 'b')).hostId, 'b')
  assert.equal(firstForm('x', hosts, machine('web', 'away')).hostId, 'a')
  assert.equal(firstForm('x', [], machine('web', 'away')).kind, 'images')
})

test('a name is proposed that no machine of that host has', () => {
  const machines = [machine('web-restored'), machine('web-restored-2'), machine('db-restored', 'other')]
  assert.equal(freeName('web-restored', 'h', machines), 'web-restored-3')
  assert.equal(freeName('db-restored', 'h', machines), 'db-restored')
})
