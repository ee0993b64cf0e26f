import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Run } from '../../../shared/job.ts'
import type { Point } from '../../../shared/point.ts'
import { systemClock } from '../base/clock.ts'
import { silentLog } from '../base/log.ts'
import { type Catalog, openCatalog } from './catalog.ts'

const repositoryId = 'a'.repeat(32)
const shop = '00000000-0000-4000-8000-00000000000a'
const web = '00000000-0000-4000-8000-00000000000b'
const progress = { bytesTotal: 0, bytesRead: 0, bytesSent: 0, bytesStored: 0, bytesWritten: 50, bytesPerSecond: 0 }

function opened(): Catalog {
  const home = mkdtempSync(join(tmpdir(), 'history-'))
  const catalog = openCatalog(home, systemClock, silentLog)
  return {
    ...catalog,
    [Symbol.dispose]() {
      catalog[Symbol.dispose]()
      rmSync(home, { recursive: true })
    },
  }
}

function hex(number: number): string {
  return number.toString(16).padStart(32, '0')
}

function point(number: number, machineId = shop): Point {
  return {
    id: hex(number),
    repositoryId,
    machineId,
    machineName: 'shop',
    createdAt: number,
    method: 'full',
    consistency: 'off',
    disks: [],
    bytesRead: 1,
    bytesSent: 2,
    bytesStored: 3,
    warnings: [],
  }
}

let lastRun = 0

function put(catalog: Catalog, over: Partial<Run>): Run {
  const common = { id: hex(++lastRun), kind: 'backup', state: 'done', queuedAt: 0, progress, disks: [], warnings: [] }
  const run = { ...common, ...over } as Run
  catalog.runs.put({ run, owner: 'somebody', draftPoint: undefined })
  return run
}

function verify(catalog: Catalog, endedAt: number, damaged: readonly string[] = [], pointId?: string): void {
  const failure = { code: 'repository-damaged', message: 'damaged' } as const
  const objects = damaged.map((id) => ({ object: `object of ${id}`, problem: 'gone', points: [id] }))
  put(catalog, {
    kind: 'verify',
    repositoryId,
    endedAt,
    ...(pointId === undefined ? {} : { pointId }),
    ...(damaged.length === 0 ? {} : { state: 'failed', failure }),
    report: { objects: 1, chunks: 1, bytesRead: 7, damaged: objects },
  })
}

test('a verification of a repository covers the points that the catalog knew when it was queued, and no later one', () => {
  using catalog = opened()
  assert.deepEqual(catalog.history.coverage(repositoryId), { verified: 0, damaged: [] })
  catalog.points.add(point(1))
  catalog.points.add(point(2))
  verify(catalog, 100)
  catalog.points.add({ ...point(3), createdAt: 0 })
  assert.deepEqual(catalog.history.coverage(repositoryId), { verified: 2, oldestAt: 100, damaged: [] })
  assert.deepEqual(
    catalog.history.proofs(shop).map(({ pointId }) => pointId),
    [hex(2), hex(1)],
  )
  verify(catalog, 200)
  assert.deepEqual(catalog.history.coverage(repositoryId), { verified: 3, oldestAt: 200, damaged: [] })
})

test('a point that comes into the place of the newest one is not covered by what was read before', () => {
  using catalog = opened()
  catalog.points.add(point(1))
  catalog.points.add(point(2))
  verify(catalog, 100)
  catalog.points.replace(repositoryId, [point(1)])
  catalog.points.replace(repositoryId, [point(1), point(3)])
  assert.equal(catalog.history.coverage(repositoryId).verified, 1)
})

test('the newest look at a point counts: damage is found, and found mended', () => {
  using catalog = opened()
  for (const number of [1, 2, 3]) catalog.points.add(point(number))
  verify(catalog, 100)
  verify(catalog, 200, [hex(2)])
  assert.deepEqual(catalog.history.coverage(repositoryId), { verified: 3, oldestAt: 200, damaged: [hex(2)] })
  verify(catalog, 300, [], hex(2))
  assert.deepEqual(catalog.history.coverage(repositoryId), { verified: 3, oldestAt: 200, damaged: [] })
  verify(catalog, 400, [hex(3)], hex(3))
  assert.deepEqual(catalog.history.coverage(repositoryId).damaged, [hex(3)])
  verify(catalog, 500)
  assert.deepEqual(catalog.history.coverage(repositoryId), { verified: 3, oldestAt: 500, damaged: [] })
})

test('a verification that did not read everything proves nothing', () => {
  using catalog = opened()
  catalog.points.add(point(1))
  const failure = { code: 'repository-unreachable', message: 'gone' } as const
  for (const over of [{ state: 'cancelled' }, { state: 'failed', failure }, { state: 'running' }] as const) {
    put(catalog, { kind: 'verify', repositoryId, endedAt: 1, ...over })
  }
  assert.equal(catalog.history.coverage(repositoryId).verified, 0)
})

test('another repository says nothing of ours', () => {
  using catalog = opened()
  catalog.points.add(point(1))
  put(catalog, { kind: 'verify', repositoryId: 'b'.repeat(32), endedAt: 1 })
  assert.equal(catalog.history.coverage(repositoryId).verified, 0)
})

test('a whole restore that went well proves its point and the time; a partial or failed one neither', () => {
  using catalog = opened()
  catalog.points.add(point(1))
  catalog.points.add(point(2, web))
  const restore = { kind: 'restore', repositoryId, pointId: hex(1), startedAt: 1000, endedAt: 4000 } as const
  put(catalog, { ...restore, targetKind: 'new-machine', machineId: web })
  put(catalog, { ...restore, targetKind: 'images', partial: true, endedAt: 5000 })
  put(catalog, { ...restore, targetKind: 'images', state: 'failed', endedAt: 6000 })
  const proof = { kind: 'restore', pointId: hex(1), at: 4000, seconds: 3, bytes: 50, damaged: false }
  assert.deepEqual(catalog.history.proofs(shop), [proof])
  assert.deepEqual(catalog.history.proofs(web), [])
  const recovery = { machineId: shop, pointId: hex(1), at: 4000, seconds: 3, bytes: 50 }
  assert.deepEqual(catalog.history.recoveries(), [recovery])
  put(catalog, { ...restore, targetKind: 'images', machineId: shop, endedAt: 9000 })
  assert.deepEqual(
    catalog.history.recoveries().map(({ at }) => at),
    [9000],
  )
})

test('neither a restore in place nor one over which the clock went back is a measure of time', () => {
  using catalog = opened()
  catalog.points.add(point(1))
  const restore = { kind: 'restore', machineId: shop, pointId: hex(1), startedAt: 1000 } as const
  put(catalog, { ...restore, targetKind: 'in-place', endedAt: 2000 })
  put(catalog, { ...restore, targetKind: 'images', endedAt: 500 })
  assert.deepEqual(catalog.history.recoveries(), [])
  assert.deepEqual(
    catalog.history.proofs(shop).map(({ at, seconds }) => [at, seconds]),
    [
      [2000, 1],
      [500, undefined],
    ],
  )
})

test('a machine turned where it was reverted to a snapshot or overwritten by a point, newest first', () => {
  using catalog = opened()
  const revert = { kind: 'snapshot-revert', machineId: shop, snapshot: 'before' } as const
  const inPlace = { kind: 'restore', machineId: shop, targetKind: 'in-place', pointId: hex(1) } as const
  put(catalog, { ...revert, endedAt: 1 })
  put(catalog, { ...inPlace, endedAt: 2 })
  put(catalog, { ...inPlace, endedAt: 3, partial: true })
  put(catalog, { ...inPlace, endedAt: 4, state: 'failed' })
  put(catalog, { ...revert, endedAt: 5, machineId: web })
  put(catalog, { ...revert, kind: 'snapshot-delete', endedAt: 6 })
  put(catalog, { ...inPlace, targetKind: 'images', endedAt: 7 })
  assert.deepEqual(catalog.history.turns(shop), [
    { at: 2, to: { kind: 'point', pointId: hex(1) } },
    { at: 1, to: { kind: 'snapshot', name: 'before' } },
  ])
})

test('a day is as good as its worst backup; a cancelled one says nothing', () => {
  using catalog = opened()
  const backup = { kind: 'backup', machineId: shop } as const
  put(catalog, { ...backup, endedAt: 9 })
  put(catalog, { ...backup, endedAt: 10 })
  put(catalog, { ...backup, endedAt: 19, warnings: ['no agent'] })
  put(catalog, { ...backup, endedAt: 20, state: 'failed' })
  put(catalog, { ...backup, endedAt: 21 })
  put(catalog, { ...backup, endedAt: 30, state: 'cancelled' })
  put(catalog, { ...backup, endedAt: 41, kind: 'verify' })
  put(catalog, { ...backup, endedAt: 50, state: 'failed' })
  put(catalog, { ...backup, machineId: web, endedAt: 42 })
  const days = catalog.history.days([10, 20, 30, 40, 50])
  assert.deepEqual(days, [
    { machineId: shop, days: ['warning', 'failed', 'none', 'none'] },
    { machineId: web, days: ['none', 'none', 'none', 'good'] },
  ])
})

test('a day of another year is none of these', () => {
  using catalog = opened()
  put(catalog, { machineId: shop, endedAt: 5 })
  assert.deepEqual(catalog.history.days([10, 20]), [])
})
