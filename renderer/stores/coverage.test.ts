import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Machine } from '../../shared/machine.ts'
import type { Point } from '../../shared/point.ts'
import { coverageOf } from './coverage.ts'

function machine(id: string, name: string): Machine {
  return { id, hostId: 'h', name, state: 'off', transient: false, disks: [], snapshots: [] }
}

function point(machineId: string, createdAt: number): Point {
  const bytes = { bytesRead: 0, bytesSent: 0, bytesStored: 0 }
  const kind = { method: 'full', consistency: 'off' } as const
  return {
    id: `${createdAt}`,
    repositoryId: 'r',
    machineId,
    machineName: `name ${machineId}`,
    createdAt,
    ...kind,
    warnings: [],
    disks: [],
    ...bytes,
  }
}

test('a machine that left every host is still listed by its newest point', () => {
  const rows = coverageOf([machine('a', 'a')], [], [point('b', 1), point('b', 3), point('b', 2)])
  assert.deepEqual(
    rows.map(({ name, machine: present, points }) => [
      name,
      present !== undefined,
      points.map((each) => each.createdAt),
    ]),
    [
      ['a', true, []],
      ['name b', false, [3, 2, 1]],
    ],
  )
})

test('machines stand in the order in which people count', () => {
  const rows = coverageOf(
    [machine('1', 'web-10'), machine('2', 'web-9'), machine('4', 'db'), machine('3', 'db')],
    [],
    [],
  )
  assert.deepEqual(
    rows.map(({ machineId }) => machineId),
    ['3', '4', '2', '1'],
  )
})
