import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Run } from './job.ts'
import type { Machine } from './machine.ts'
import type { Point } from './point.ts'
import type { Policy } from './policy.ts'
import { type ProtectionFacts, type ProtectionReason, type ProtectionState, protectionOf } from './protection.ts'
import type { Repository } from './repository.ts'

const now = 1_800_000_000_000
const minuteMs = 60_000
const machineId = '00000000-0000-4000-8000-00000000000a'
const repositoryId = 'a'.repeat(32)

const machine: Machine = {
  id: machineId,
  hostId: '00000000-0000-4000-8000-000000000001',
  name: 'shop',
  state: 'running',
  transient: false,
  disks: [{ name: 'vda', format: 'qcow2' }],
  snapshots: [],
}
const vda = {
  name: 'vda',
  how: 'full',
  cause: 'first-point',
  why: '',
  sizeBytes: 1,
  bytesRead: 1,
  format: 'qcow2',
} as const
const point: Point = {
  id: 'b'.repeat(32),
  repositoryId,
  machineId,
  machineName: 'shop',
  createdAt: now - minuteMs,
  method: 'full',
  consistency: 'off',
  disks: [vda],
  bytesRead: 1,
  bytesSent: 1,
  bytesStored: 1,
  warnings: [],
}
const repository: Repository = {
  id: repositoryId,
  address: { kind: 'folder', folder: '/backups' },
  state: 'open',
  points: 1,
  coverage: { verified: 0, damaged: [] },
}
const progress = { bytesTotal: 0, bytesRead: 0, bytesSent: 0, bytesStored: 0, bytesWritten: 0, bytesPerSecond: 0 }
const done: Run = {
  id: 'c'.repeat(32),
  kind: 'backup',
  state: 'done',
  queuedAt: now,
  progress,
  disks: [],
  warnings: [],
}
const policy: Policy = {
  id: 'd'.repeat(32),
  createdAt: 0,
  name: 'nightly',
  enabled: true,
  machineIds: [machineId],
  excluded: [],
  freeze: true,
  repositoryId,
  rules: [],
  retention: { last: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0, minimum: 1 },
}

const well: ProtectionFacts = {
  machine,
  points: [point],
  lastBackup: done,
  policies: [policy],
  repositories: new Map([[repositoryId, repository]]),
  settings: { wantedRpoMinutes: 60 },
  now,
}

function repositories(...changed: readonly Partial<Repository>[]): ProtectionFacts['repositories'] {
  return new Map(changed.map((change) => [change.id ?? repositoryId, { ...repository, ...change }]))
}

const unreadable = { name: 'vda', format: 'luks', problem: 'Nobody can read this.' }
const old = { ...point, createdAt: now - 61 * minuteMs }
const elsewhere = { ...point, id: 'e'.repeat(32), repositoryId: 'f'.repeat(32), createdAt: now - 2 * minuteMs }
const damaged = { verified: 1, damaged: [point.id] }

const cases: readonly [string, Partial<ProtectionFacts>, ProtectionState, readonly ProtectionReason[]][] = [
  ['a machine with a fresh point and a policy', {}, 'protected', ['fresh']],
  ['a point as old as is wanted', { points: [{ ...point, createdAt: now - 60 * minuteMs }] }, 'protected', ['fresh']],
  ['a point older than that', { points: [old] }, 'at-risk', ['too-old']],
  ['a machine without points', { points: [], lastBackup: undefined }, 'unprotected', ['never-backed-up']],
  [
    'a machine whose first backup failed',
    { points: [], lastBackup: { ...done, state: 'failed' } },
    'unprotected',
    ['never-backed-up', 'last-failed'],
  ],
  ['a last backup that failed', { lastBackup: { ...done, state: 'failed' } }, 'at-risk', ['last-failed', 'fresh']],
  ['a last backup that was cancelled', { lastBackup: { ...done, state: 'cancelled' } }, 'protected', ['fresh']],
  [
    'no disk that can be read',
    { machine: { ...machine, disks: [unreadable] } },
    'unprotected',
    ['nothing-can-be-read', 'fresh'],
  ],
  [
    'one disk of two that can be read',
    { machine: { ...machine, disks: [...machine.disks, { ...unreadable, name: 'vdb' }] } },
    'at-risk',
    ['disk-left-out', 'fresh'],
  ],
  ['a machine without disks', { machine: { ...machine, disks: [] } }, 'protected', ['fresh']],
  [
    'a disk that the newest point has not',
    { machine: { ...machine, disks: [...machine.disks, { name: 'vdb', format: 'raw' }] } },
    'at-risk',
    ['disk-left-out', 'fresh'],
  ],
  [
    'a disk that was taken out of the machine',
    { points: [{ ...point, disks: [vda, { ...vda, name: 'vdb' }] }] },
    'protected',
    ['fresh'],
  ],
  [
    'points only in a locked repository',
    { repositories: repositories({ state: 'locked' }) },
    'unprotected',
    ['points-unreachable', 'fresh'],
  ],
  [
    'points only in a repository that is not in the list',
    { repositories: new Map() },
    'unprotected',
    ['points-unreachable', 'fresh'],
  ],
  [
    'an older point in a repository that is open',
    {
      points: [point, elsewhere],
      repositories: repositories({ state: 'unreachable' }, { id: elsewhere.repositoryId }),
    },
    'protected',
    ['fresh'],
  ],
  [
    'a newest point that is damaged',
    { repositories: repositories({ coverage: damaged }) },
    'at-risk',
    ['newest-damaged', 'fresh'],
  ],
  [
    'an older point that is damaged',
    { points: [{ ...point, id: '0'.repeat(32) }, point], repositories: repositories({ coverage: damaged }) },
    'protected',
    ['fresh'],
  ],
  ['no policy', { policies: [] }, 'protected', ['no-policy', 'fresh']],
  ['a policy that is switched off', { policies: [{ ...policy, enabled: false }] }, 'protected', ['no-policy', 'fresh']],
  [
    'a policy of other machines',
    { policies: [{ ...policy, machineIds: [machine.hostId] }] },
    'protected',
    ['no-policy', 'fresh'],
  ],
  ['a machine that no host knows any more', { machine: undefined, points: [old], policies: [] }, 'protected', []],
]

for (const [what, change, state, reasons] of cases) {
  test(`${what}: ${state}${reasons.length === 0 ? '' : `, because ${reasons.join(', ')}`}`, () => {
    assert.deepEqual(protectionOf({ ...well, ...change }), { state, reasons })
  })
}

test('of several reasons the weightiest comes first', () => {
  const facts = { ...well, points: [old], lastBackup: { ...done, state: 'failed' }, policies: [] } as const
  const locked = repositories({ state: 'locked', coverage: damaged })
  assert.deepEqual(protectionOf({ ...facts, repositories: locked }), {
    state: 'unprotected',
    reasons: ['points-unreachable', 'too-old', 'last-failed', 'newest-damaged', 'no-policy'],
  })
})
