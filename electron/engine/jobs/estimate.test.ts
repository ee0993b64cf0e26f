import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Run } from '../../../shared/job.ts'
import type { How, Method, Point } from '../../../shared/point.ts'
import { estimateBackup, measuredRate, secondsFor } from './estimate.ts'

type Read = { readonly how?: How; readonly bytes: Readonly<Record<string, number>>; readonly stored: number }

function pointOf(method: Method, { how = 'bitmap', bytes, stored }: Read): Point {
  const disks = Object.entries(bytes).map(([name, bytesRead]) => {
    return { name, how, cause: 'bitmap-usable', why: '', sizeBytes: 10_000, bytesRead, format: 'qcow2' } as const
  })
  return {
    id: '0'.repeat(32),
    repositoryId: '1'.repeat(32),
    machineId: '00000000-0000-4000-8000-00000000000a',
    machineName: 'shop',
    createdAt: 0,
    method,
    consistency: 'off',
    disks,
    bytesRead: disks.reduce((sum, disk) => sum + disk.bytesRead, 0),
    bytesSent: stored,
    bytesStored: stored,
    warnings: [],
  }
}

const vda = { name: 'vda', sizeBytes: 10_000 }
const vdb = { name: 'vdb', sizeBytes: 10_000 }
const first = pointOf('incremental', { how: 'full', bytes: { vda: 6000, vdb: 2000 }, stored: 4000 })

test('a first backup is told by the sizes of the disks and by what the repository makes of bytes', () => {
  const facts = { disks: [vda, { name: 'vdb' }], points: [], method: 'full' } as const
  assert.deepEqual(estimateBackup({ ...facts, ratio: 0.25 }), { basis: 'first', bytesRead: 10_000, bytesStored: 2500 })
  assert.equal(estimateBackup({ ...facts, ratio: undefined }).bytesStored, 5000)
})

test('an increment is told by the newest three of its method, never by the first point', () => {
  const increments = [100, 200, 300, 9000].map((read) =>
    pointOf('incremental', { bytes: { vda: read, vdb: 0 }, stored: read / 2 }),
  )
  const points = [...increments, first]
  const facts = { disks: [vda, vdb], points, ratio: undefined }
  assert.deepEqual(estimateBackup({ ...facts, method: 'incremental' }), {
    basis: 'history',
    bytesRead: 200,
    bytesStored: 100,
  })
  assert.deepEqual(estimateBackup({ ...facts, method: 'differential' }), {
    basis: 'unknown',
    bytesRead: 8000,
    bytesStored: 100,
  })
})

test('a full reads what the last full read and stores what any backup stores: the rest is there already', () => {
  const full = pointOf('full', { how: 'full', bytes: { vda: 7000, vdb: 2000 }, stored: 60 })
  const points = [pointOf('incremental', { bytes: { vda: 10, vdb: 10 }, stored: 20 }), full, first]
  const told = estimateBackup({ disks: [vda, vdb], points, method: 'full', ratio: undefined })
  assert.deepEqual(told, { basis: 'history', bytesRead: 9000, bytesStored: 40 })
})

test('after one point only, an increment is at most what that point was', () => {
  const told = estimateBackup({ disks: [vda, vdb], points: [first], method: 'incremental', ratio: undefined })
  assert.deepEqual(told, { basis: 'unknown', bytesRead: 8000, bytesStored: 4000 })
})

test('a disk that is left out takes its share along, one that is new is read whole', () => {
  const points = [pointOf('incremental', { bytes: { vda: 300, vdb: 100 }, stored: 200 }), first]
  const facts = { points, method: 'incremental', ratio: 0.5 } as const
  assert.deepEqual(estimateBackup({ ...facts, disks: [vda] }), { basis: 'history', bytesRead: 300, bytesStored: 150 })
  const vdc = { name: 'vdc', sizeBytes: 1000 }
  assert.deepEqual(estimateBackup({ ...facts, disks: [vda, vdc] }), {
    basis: 'history',
    bytesRead: 1300,
    bytesStored: 650,
  })
})

test('the rate is the middle one of the newest ten runs that were done and moved something', () => {
  const runOf = (seconds: number, bytesRead: number, state: Run['state'] = 'done'): Run => {
    const progress = { bytesTotal: 0, bytesRead, bytesSent: 0, bytesStored: 0, bytesWritten: 0, bytesPerSecond: 0 }
    const times = { queuedAt: 0, startedAt: 1000, endedAt: 1000 + seconds * 1000 }
    return { id: '0'.repeat(32), kind: 'backup', state, ...times, progress, disks: [], warnings: [] }
  }
  const bytesOf = (run: Run): number => run.progress.bytesRead
  assert.equal(measuredRate([], bytesOf), undefined)
  assert.equal(measuredRate([runOf(0, 5), runOf(5, 0), runOf(1, 9, 'failed')], bytesOf), undefined)
  assert.equal(measuredRate([runOf(1, 100), runOf(1, 1), runOf(2, 100)], bytesOf), 50)
  const ten = Array.from({ length: 10 }, () => runOf(1, 10))
  assert.equal(measuredRate([...ten, ...ten.map(() => runOf(1, 1000))], bytesOf), 10)
  assert.equal(secondsFor(101, 10), 11)
  assert.equal(secondsFor(101, undefined), undefined)
})
