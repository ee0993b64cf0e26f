import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Policy } from '../../shared/policy.ts'
import type { Protection } from '../../shared/protection.ts'
import type { Repository } from '../../shared/repository.ts'
import { machineWith, pointAt } from '../lineage/life.ts'
import type { Coverage } from '../stores/coverage.ts'
import { fits, inOrder, machineRows } from './machines-rows.ts'

function covered(name: string, hostName: string): Coverage {
  const host = { id: hostName, address: { kind: 'images', folder: '/' }, name: hostName, state: 'connected' } as const
  const machine = { ...machineWith([]), id: name, name, hostId: hostName }
  const points = [pointAt(`${name} new`, 9), pointAt(`${name} old`, 1)]
  return { machineId: name, name, machine, host, points, sizeBytes: 0, problems: 0 }
}

const retention = { last: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0, minimum: 1 }
const noon: Policy = {
  id: 'p',
  name: 'Every noon',
  enabled: true,
  machineIds: ['build-02', 'build-10'],
  excluded: [],
  freeze: true,
  repositoryId: 'r',
  rules: [],
  retention,
  createdAt: 0,
}
const states = {
  'build-02': 'protected',
  'build-10': 'unprotected',
  'mail-01': 'at-risk',
  sample: 'unprotected',
} as const
const protection = new Map<string, Protection>(
  Object.entries(states).map(([id, state]) => [id, { state, reasons: [] }]),
)
const repository: Repository = {
  id: 'r',
  address: { kind: 'folder', folder: '/r' },
  state: 'open',
  points: 8,
  coverage: { verified: 8, damaged: ['mail-01 new', 'sample new', 'sample old'] },
}
const coverage = [
  covered('build-02', 'kvm-1'),
  covered('build-10', 'kvm-2'),
  covered('mail-01', 'kvm-1'),
  covered('sample', 'images'),
]
const rows = machineRows({ coverage, protection, policies: [noon], repositories: [repository] })

function namesFitting(filter: Parameters<typeof fits>[1]): readonly string[] {
  return rows.filter((row) => fits(row, filter)).map(({ coverage: { name } }) => name)
}

test('a filter finds machines by their own name, their host’s and their policies’', () => {
  assert.deepEqual(namesFitting({ text: ' MAIL ' }), ['mail-01'])
  assert.deepEqual(namesFitting({ text: 'images' }), ['sample'])
  assert.deepEqual(namesFitting({ text: 'every noon' }), ['build-02', 'build-10'])
})

test('protection and host narrow a filter further', () => {
  assert.deepEqual(namesFitting({ text: '', protection: 'unprotected' }), ['build-10', 'sample'])
  assert.deepEqual(namesFitting({ text: 'b', hostId: 'kvm-2' }), ['build-10'])
})

test('a point that a verification found damaged is not the last good one', () => {
  assert.deepEqual(
    rows.map(({ lastGood }) => lastGood?.id),
    ['build-02 new', 'build-10 new', 'mail-01 old', undefined],
  )
})

test('the worst protected come first, and among equals the order by name stays', () => {
  const ordered = inOrder(rows, { column: 'protection', down: false })
  assert.deepEqual(
    ordered.map(({ coverage: { name } }) => name),
    ['build-10', 'sample', 'mail-01', 'build-02'],
  )
})
