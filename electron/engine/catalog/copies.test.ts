import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import Database from 'better-sqlite3'
import type { Run } from '../../../shared/job.ts'
import { catalogMachineId } from '../../../shared/machine.ts'
import type { Point } from '../../../shared/point.ts'
import { systemClock } from '../base/clock.ts'
import { silentLog } from '../base/log.ts'
import { type Catalog, openCatalog } from './catalog.ts'

const here = 'a'.repeat(32)
const there = 'b'.repeat(32)
const shop = '00000000-0000-4000-8000-00000000000a'
const progress = { bytesTotal: 0, bytesRead: 0, bytesSent: 0, bytesStored: 0, bytesWritten: 0, bytesPerSecond: 0 }

function opened(): Catalog {
  const home = mkdtempSync(join(tmpdir(), 'copies-'))
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

function point(number: number, repositoryId = here, machineId = shop): Point {
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

function put(catalog: Catalog, over: Partial<Run>): void {
  const common = { id: hex(++lastRun), kind: 'verify', state: 'done', queuedAt: 0, progress, disks: [], warnings: [] }
  catalog.runs.put({ run: { ...common, ...over } as Run, owner: 'somebody', draftPoint: undefined })
}

test('a point in several repositories is listed once, from the one that is preferred, and names the others', () => {
  using catalog = opened()
  for (const each of [point(1), point(1, there), point(2, there), point(3)]) catalog.points.add(each)
  const shown = (order?: readonly string[]) =>
    catalog.points
      .list(undefined, order)
      .map(({ createdAt, repositoryId, copies }) => [createdAt, repositoryId, copies])
  const alone = [
    [3, here, undefined],
    [2, there, undefined],
  ]
  assert.deepEqual(shown(), [...alone, [1, here, [there]]])
  assert.deepEqual(shown([there]), [...alone, [1, there, [here]]])
  assert.deepEqual(shown(['c'.repeat(32), there, here]), [...alone, [1, there, [here]]])
  assert.equal(catalog.points.get(hex(1), [there])?.repositoryId, there)
  assert.deepEqual(catalog.points.holders(hex(1)), [here, there])
  assert.deepEqual([catalog.points.count(here), catalog.points.count(there)], [2, 2])
})

test('a copy that goes leaves the point, and the last one takes it along', () => {
  using catalog = opened()
  for (const each of [point(1), point(1, there)]) catalog.points.add(each)
  catalog.points.replace(here, [])
  assert.deepEqual(catalog.points.list(shop), [point(1, there)])
  catalog.points.replace(there, [])
  assert.deepEqual([catalog.points.list(shop), catalog.points.has(hex(1))], [[], false])
})

test('labels of every ledger stand with the point, the lock is that of the repository which is shown', () => {
  using catalog = opened()
  for (const each of [point(1), point(1, there), point(2)]) catalog.points.add(each)
  assert.equal(catalog.notes.replace(here, new Map([[hex(1), { pinned: true, labels: ['月末'] }]])), true)
  assert.equal(catalog.notes.replace(here, new Map([[hex(1), { pinned: true, labels: ['月末'] }]])), false)
  catalog.notes.replace(there, new Map([[hex(1), { pinned: false, labels: ['before update', '月末'] }]]))
  catalog.locks.replace(there, new Map([[hex(1), 77]]))
  const own = catalog.points.get(hex(1))
  assert.deepEqual([own?.labels, own?.lockedUntil], [['月末', 'before update'], undefined])
  assert.equal(catalog.points.get(hex(1), [there])?.lockedUntil, 77)
  catalog.pins.put(hex(2))
  assert.deepEqual(catalog.notes.pinned(), [hex(1), hex(2)])
  assert.equal(catalog.notes.replace(here, new Map()), true)
  catalog.locks.replace(there, new Map([[hex(1), undefined]]))
  assert.deepEqual(catalog.notes.pinned(), [hex(2)])
  assert.equal(catalog.points.get(hex(1), [there])?.lockedUntil, undefined)
})

test('the points that hold the catalog itself are counted and covered nowhere', () => {
  using catalog = opened()
  for (const each of [point(1), point(2, here, catalogMachineId)]) catalog.points.add(each)
  put(catalog, { repositoryId: here, endedAt: 5 })
  assert.deepEqual(catalog.points.list(undefined), [point(1)])
  assert.equal(catalog.points.count(here), 1)
  assert.equal(catalog.history.coverage(here).verified, 1)
  assert.deepEqual(catalog.points.list(catalogMachineId), [point(2, here, catalogMachineId)])
})

test('of copies the whole one proves the point, and each repository says what is damaged in it', () => {
  using catalog = opened()
  for (const each of [point(1), point(1, there)]) catalog.points.add(each)
  const damaged = [{ object: 'packs/x', problem: 'gone', points: [hex(1)] }]
  const failure = { code: 'repository-damaged', message: 'damaged' } as const
  const report = { objects: 1, chunks: 1, bytesRead: 7, damaged: [] }
  put(catalog, { repositoryId: here, endedAt: 100, report })
  put(catalog, { repositoryId: there, endedAt: 200, state: 'failed', failure, report: { ...report, damaged } })
  const proof = { kind: 'verify', pointId: hex(1), bytes: 7 }
  assert.deepEqual(catalog.history.proofs(shop), [{ ...proof, at: 100, damaged: false }])
  assert.deepEqual(catalog.history.coverage(here).damaged, [])
  assert.deepEqual(catalog.history.coverage(there).damaged, [hex(1)])
})

test('a catalog made anew from the repositories equals the one before, and nothing verified is forgotten', () => {
  using catalog = opened()
  const points = Array.from({ length: 10_000 }, (_, at) => point(at + 1, at % 3 === 0 ? there : here))
  const of = (id: string) => points.filter(({ repositoryId }) => repositoryId === id)
  const notes = new Map([[hex(2), { pinned: true, labels: ['kept'] }]])
  const take = (): void => {
    for (const id of [there, here]) catalog.points.replace(id, of(id))
    catalog.notes.replace(here, notes)
  }
  for (const id of [here, there]) catalog.points.replace(id, of(id).slice(0, 100))
  put(catalog, { repositoryId: here, endedAt: 5 })
  take()
  catalog.locks.replace(here, new Map([[hex(2), 99]]))
  const seen = () => [catalog.dump(), catalog.points.list(shop), catalog.history.coverage(here)]
  const before = seen()
  catalog.rebuild()
  assert.deepEqual([catalog.dump(), catalog.points.list(shop)], ['', []])
  take()
  assert.deepEqual(seen(), before)
  assert.equal(catalog.history.coverage(here).verified, 100)
})

test('only the repositories that can be read again are forgotten', () => {
  using catalog = opened()
  for (const each of [point(1), point(2, there)]) catalog.points.add(each)
  catalog.rebuild([here])
  assert.deepEqual(catalog.points.list(undefined), [point(2, there)])
})

test('a verification that was cut off goes on with what it had read; one that ended, or is a week old, begins anew', () => {
  using catalog = opened()
  let now = 1_000_000_000
  const resume = () => catalog.packChecks.resume(here, () => now)
  const checks = resume()
  assert.equal(checks.freshAt('one'), undefined)
  const startedAt = now
  checks.put('one', true)
  checks.put('bad', false)
  assert.equal(resume().freshAt('one'), undefined)
  checks.flush()
  put(catalog, { repositoryId: here, state: 'cancelled', startedAt, endedAt: now })
  now += 50
  const again = resume()
  assert.deepEqual(
    [again.freshAt('one'), again.freshAt('bad'), again.freshAt('two')],
    [startedAt, undefined, undefined],
  )
  again.put('two', true)
  again.flush()
  put(catalog, { repositoryId: here, state: 'failed', startedAt: now, endedAt: now })
  assert.deepEqual([resume().freshAt('one'), resume().freshAt('two')], [startedAt, startedAt + 50])
  assert.equal(catalog.packChecks.resume(there, () => now).freshAt('one'), undefined)
  now = startedAt + 7 * 86_400_000 + 1
  assert.deepEqual([resume().freshAt('one'), resume().freshAt('two')], [undefined, startedAt + 50])
  put(catalog, { repositoryId: here, state: 'done', startedAt: now, endedAt: now })
  assert.equal(resume().freshAt('two'), undefined)
})

test('points are as old as the oldest pack that a resumed verification did not read again', () => {
  using catalog = opened()
  catalog.points.add(point(1))
  put(catalog, {
    repositoryId: here,
    endedAt: 100,
    report: { objects: 1, chunks: 1, bytesRead: 7, damaged: [], since: 40 },
  })
  assert.equal(catalog.history.coverage(here).oldestAt, 40)
})

test('settings, hosts, policies and the history come out of a copy of another catalog; what is here already stays', async () => {
  using mine = opened()
  using other = opened()
  const home = mkdtempSync(join(tmpdir(), 'copies-'))
  try {
    const host = { id: shop, address: { kind: 'images', folder: '/images' }, name: 'images' } as const
    other.hosts.put(host)
    other.repositories.put(here, { kind: 'folder', folder: '/backups' })
    other.repositories.put(there, { kind: 'folder', folder: '/old' })
    other.repositories.see(here, { number: 7, hash: 'seven' })
    other.settings.put({ theme: 'dark', quietDays: 9 })
    other.points.add(point(1))
    put(other, { repositoryId: here, endedAt: 5 })
    put(other, { repositoryId: here, endedAt: 6, pointId: hex(1) })
    put(other, { repositoryId: here, state: 'running' })
    mine.repositories.put(there, { kind: 'folder', folder: '/new' })
    mine.settings.put({ theme: 'light' })
    mine.points.add(point(1))
    mine.points.add(point(2))
    await other.backUpTo(join(home, 'copy.db'))
    assert.deepEqual(mine.takeSettings(join(home, 'copy.db')), { hosts: 1, repositories: 1, policies: 0, runs: 2 })
    assert.deepEqual(mine.takeSettings(join(home, 'copy.db')), { hosts: 0, repositories: 0, policies: 0, runs: 0 })
    assert.deepEqual(mine.hosts.list(), [host])
    assert.deepEqual(mine.repositories.get(there)?.address, { kind: 'folder', folder: '/new' })
    assert.equal(mine.repositories.get(here)?.seen?.number, 7)
    assert.deepEqual(mine.settings.get(), { theme: 'light', quietDays: 9 })
    assert.deepEqual(mine.runs.underWay(), [])
    // The whole verification of then says nothing of points that may have come later.
    assert.deepEqual(mine.history.coverage(here), { verified: 1, oldestAt: 6, damaged: [] })
    assert.deepEqual(readdirSync(home), ['copy.db'])
  } finally {
    rmSync(home, { recursive: true })
  }
})

test('a copy that is no catalog, or one of a later version, is refused and changes nothing', async () => {
  using mine = opened()
  const home = mkdtempSync(join(tmpdir(), 'copies-'))
  try {
    writeFileSync(join(home, 'text.db'), 'this is no database, but long enough to be looked at'.repeat(99))
    assert.throws(() => mine.takeSettings(join(home, 'text.db')), { code: 'object-damaged' })
    await mine.backUpTo(join(home, 'later.db'))
    const later = new Database(join(home, 'later.db'))
    later.pragma('user_version = 999')
    later.close()
    assert.throws(() => mine.takeSettings(join(home, 'later.db')), { code: 'catalog-from-future' })
    assert.deepEqual([mine.hosts.list(), mine.repositories.list(), mine.runs.list(9)], [[], [], []])
  } finally {
    rmSync(home, { recursive: true })
  }
})
