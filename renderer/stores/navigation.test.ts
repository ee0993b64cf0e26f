import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromFragment, type Place, toFragment } from './navigation.ts'

const places: readonly Place[] = [
  { kind: 'overview' },
  { kind: 'machines' },
  { kind: 'machine', machineId: '0b0e7a6e-1c3b-4c1e-8f51-0123456789ab' },
  { kind: 'machine', machineId: '0b0e7a6e-1c3b-4c1e-8f51-0123456789ab', pointId: 'b'.repeat(32) },
  { kind: 'activity' },
  { kind: 'activity', runId: 'f'.repeat(32) },
  { kind: 'files' },
  {
    kind: 'folder',
    machineId: '0b0e7a6e',
    pointId: 'b'.repeat(32),
    volumeId: 'vg0/root',
    path: '/etc/虚拟机',
    name: '?',
  },
  { kind: 'policies' },
  { kind: 'policy', policyId: 'a'.repeat(32) },
  { kind: 'repositories' },
  { kind: 'repositories', repositoryId: 'c'.repeat(32) },
  { kind: 'hosts' },
  { kind: 'settings' },
]

test('every place comes back from its own fragment', () => {
  for (const place of places) assert.deepEqual(fromFragment(toFragment(place)), place)
})

test('a fragment that nobody wrote leads to the overview', () => {
  for (const odd of [
    '',
    '#',
    '#/machine',
    '#/machine/<x>',
    '#token=abc',
    '#/hosts/../x',
    '#/constructor',
    '#/policy',
    '#/files/0b0e7a6e',
    '#/folder',
    '#/settings/a',
  ])
    assert.deepEqual(fromFragment(odd), { kind: 'overview' }, odd)
})
