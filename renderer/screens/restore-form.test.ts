import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Machine } from '../../shared/machine.ts'
import { type RestoreForm, targetOf } from './restore-form.ts'

const empty: RestoreForm = {
  kind: 'in-place',
  name: '',
  hostId: undefined,
  storage: '',
  folder: '',
  format: 'qcow2',
  disk: undefined,
  confirmation: '',
}

function machine(state: Machine['state']): Machine {
  return { id: 'm', hostId: 'h', name: 'web-01', state, transient: false, disks: [], snapshots: [] }
}

test('nothing is overwritten before the very name of a machine that is off was typed', () => {
  const typed = { ...empty, confirmation: 'web-01' }
  assert.equal(targetOf(empty, machine('off')), undefined)
  assert.equal(targetOf({ ...empty, confirmation: 'WEB-01' }, machine('off')), undefined)
  assert.equal(targetOf(typed, machine('running')), undefined)
  assert.equal(targetOf(typed, undefined), undefined)
  assert.deepEqual(targetOf(typed, machine('off')), { kind: 'in-place' })
})

test('a new machine needs a name and a host, and no folder', () => {
  const form: RestoreForm = { ...empty, kind: 'new-machine', name: ' web-02 ' }
  assert.equal(targetOf(form, undefined), undefined)
  assert.equal(targetOf({ ...form, name: ' ', hostId: 'h' }, undefined), undefined)
  assert.deepEqual(targetOf({ ...form, hostId: 'h' }, undefined), { kind: 'new-machine', name: 'web-02', hostId: 'h' })
  const stored = targetOf({ ...form, hostId: 'h', storage: '/pool' }, undefined)
  assert.deepEqual(stored, { kind: 'new-machine', name: 'web-02', hostId: 'h', storage: '/pool' })
})

test('image files need a folder; without a chosen disk all disks are meant', () => {
  const form: RestoreForm = { ...empty, kind: 'images', folder: '/out' }
  assert.equal(targetOf({ ...form, folder: ' ' }, undefined), undefined)
  assert.deepEqual(targetOf(form, undefined), { kind: 'images', folder: '/out', format: 'qcow2' })
  const one = targetOf({ ...form, disk: 'vda', format: 'raw' }, undefined)
  assert.deepEqual(one, { kind: 'images', folder: '/out', format: 'raw', disk: 'vda' })
})
