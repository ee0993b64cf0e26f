import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Machine } from '../../shared/machine.ts'
import type { Point } from '../../shared/point.ts'
import type { Coverage } from '../stores/coverage.ts'
import { dayMs, forecastOf, freshnessOf, provenTimes, widestGap } from './overview-figures.ts'

const now = Date.UTC(2026, 10, 22)
const hour = 3_600_000

function point(machineId: string, agoMs: number, bytesStored = 0): Point {
  return {
    id: `${machineId}-${agoMs}`,
    repositoryId: 'r',
    machineId,
    machineName: machineId,
    createdAt: now - agoMs,
    method: 'incremental',
    consistency: 'off',
    disks: [],
    bytesRead: 0,
    bytesSent: 0,
    bytesStored,
    warnings: [],
  }
}

function row(machineId: string, agosMs: readonly number[], present = true): Coverage {
  const machine: Machine = {
    id: machineId,
    hostId: 'h',
    name: machineId,
    state: 'off',
    transient: false,
    disks: [],
    snapshots: [],
  }
  const points = agosMs.map((ago) => point(machineId, ago))
  return { machineId, name: machineId, ...(present ? { machine } : {}), points, sizeBytes: 0, problems: 0 }
}

test('freshness speaks of machines on hosts that have points, and counts those that have none', () => {
  const rows = [
    row('a', [hour]),
    row('b', [5 * hour]),
    row('c', [9 * hour]),
    row('d', []),
    row('e', [900 * hour], false),
  ]
  const { age, without } = freshnessOf(rows, now)
  assert.deepEqual([age?.worst, age?.worstOf.machineId, age?.median, without], [9 * hour, 'c', 5 * hour, 1])
  assert.equal(freshnessOf([row('d', [])], now).age, undefined)
})

test('the widest gap counts up to now, no farther back than 30 days, and not before the first point', () => {
  assert.equal(widestGap([point('a', 10 * hour), point('a', 12 * hour)], now), 10 * hour)
  assert.equal(widestGap([point('a', 1 * hour), point('a', 31 * hour)], now), 30 * hour)
  assert.equal(widestGap([point('a', 1 * dayMs), point('a', 100 * dayMs)], now), 29 * dayMs)
  assert.equal(widestGap([point('a', 80 * dayMs)], now), 30 * dayMs)
})

test('only machines whose whole restore was seen count as proven', () => {
  const seen = { pointId: 'p', at: now, bytes: 1 }
  const recoveries = [
    { machineId: 'a', seconds: 60, ...seen },
    { machineId: 'b', seconds: 180, ...seen },
    { machineId: 'gone', seconds: 9000, ...seen },
  ]
  const { time, proven, machines } = provenTimes([row('a', []), row('b', []), row('c', [])], recoveries)
  assert.deepEqual([time?.worst, time?.median, proven, machines], [180, 120, 2, 3])
})

test('the forecast leaves first points out, and needs three days of history', () => {
  const later = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((days) => point('a', days * dayMs, 100))
  const points = [...later, point('a', 10 * dayMs, 5_000_000)]
  assert.deepEqual(forecastOf(points, 9000, now), { kind: 'fills', bytesPerDay: 90, days: 100 })
  assert.deepEqual(forecastOf(points, undefined, now), { kind: 'fills', bytesPerDay: 90, days: undefined })
  assert.deepEqual(forecastOf([point('a', 2.9 * dayMs, 1)], 9000, now), { kind: 'short-history' })
  assert.deepEqual(forecastOf([], 9000, now), { kind: 'short-history' })
  assert.deepEqual(forecastOf([point('a', 9 * dayMs, 1)], 9000, now), { kind: 'steady' })
})
