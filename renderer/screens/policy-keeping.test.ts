import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Machine } from '../../shared/machine.ts'
import type { Point } from '../../shared/point.ts'
import type { Policy } from '../../shared/policy.ts'
import { policyKeeping } from './policy-keeping.ts'

const noon = new Date(2026, 10, 22, 12).getTime()
const day = 86_400_000

function machine(id: string, name: string): Machine {
  return { id, hostId: 'h', name, state: 'off', transient: false, disks: [], snapshots: [] }
}

function point(machineId: string, daysAgo: number, repositoryId = 'r'): Point {
  const bytes = { bytesRead: 0, bytesSent: 0, bytesStored: 10 ** daysAgo }
  const kind = { method: 'full', consistency: 'off' } as const
  const id = `${machineId} ${daysAgo} ${repositoryId}`
  const rest = { machineId, machineName: `once ${machineId}`, warnings: [], disks: [] }
  return { id, repositoryId, createdAt: noon - daysAgo * day, ...rest, ...kind, ...bytes }
}

const policy: Policy = {
  id: 'p',
  createdAt: 0,
  name: 'p',
  enabled: true,
  machineIds: ['b', 'gone', 'a'],
  excluded: [
    { machineId: 'a', disk: 'vdb' },
    { machineId: 'b', disk: 'vdc' },
  ],
  freeze: true,
  repositoryId: 'r',
  rules: [],
  retention: { last: 2, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0, minimum: 1 },
}

test('each machine is judged by its own points in the policy’s repository, pinned ones included', () => {
  const points = new Map([
    ['a', [point('a', 0), point('a', 1), point('a', 2), point('a', 3), point('a', 4, 'other')]],
    ['gone', [point('gone', 0)]],
  ])
  const rows = policyKeeping(policy, [machine('b', 'web-10'), machine('a', 'web-9')], points, new Set(['a 3 r']))
  assert.deepEqual(
    rows.map(({ name, verdicts, stays, goes, bytesGoing, leftOut }) => ({
      name,
      all: verdicts.length,
      stays,
      goes,
      bytesGoing,
      leftOut,
    })),
    [
      { name: 'once gone', all: 1, stays: 1, goes: 0, bytesGoing: 0, leftOut: [] },
      { name: 'web-9', all: 4, stays: 3, goes: 1, bytesGoing: 100, leftOut: ['vdb'] },
      { name: 'web-10', all: 0, stays: 0, goes: 0, bytesGoing: 0, leftOut: ['vdc'] },
    ],
  )
})

test('what the engine plans counts, whatever the window would have worked out', () => {
  const points = new Map([['a', [point('a', 0), point('a', 1)]]])
  const plan = [
    { pointId: 'a 1 r', machineId: 'a', createdAt: 1, reasons: [] },
    { pointId: 'a 0 r', machineId: 'a', createdAt: 2, reasons: ['label' as const] },
  ]
  const [row] = policyKeeping({ ...policy, machineIds: ['a'] }, [machine('a', 'web-9')], points, new Set(), plan)
  assert.deepEqual([row?.stays, row?.goes, row?.bytesGoing], [1, 1, 10])
  assert.deepEqual(
    row?.verdicts.map(({ id }) => id),
    ['a 0 r', 'a 1 r'],
  )
})
