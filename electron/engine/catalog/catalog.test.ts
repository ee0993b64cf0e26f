import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import Database from 'better-sqlite3'
import { Failure } from '../../../shared/failure.ts'
import type { Run } from '../../../shared/job.ts'
import type { Point } from '../../../shared/point.ts'
import { type Clock, systemClock } from '../base/clock.ts'
import { silentLog } from '../base/log.ts'
import { openCatalog } from './catalog.ts'

const clock: Clock = { ...systemClock, now: () => Date.UTC(2026, 0, 2, 3, 4, 5) }
const host = {
  id: '00000000-0000-4000-8000-000000000001',
  address: { kind: 'images', folder: '/images' },
  name: 'images',
} as const
const repositoryId = 'a'.repeat(32)
const address = { kind: 'folder', folder: '/backups' } as const
const machineId = '00000000-0000-4000-8000-00000000000a'

function home(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'catalog-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) }
}

function open(path: string) {
  return openCatalog(path, clock, silentLog)
}

function point(number: number, of = machineId): Point {
  const id = number.toString(16).padStart(32, '0')
  return {
    id,
    repositoryId,
    machineId: of,
    machineName: `machine <${number}>`,
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

function runOf(id: string, state: Run['state'], queuedAt: number): Run {
  const progress = { bytesTotal: 0, bytesRead: 0, bytesSent: 0, bytesStored: 0, bytesWritten: 0, bytesPerSecond: 0 }
  return { id, kind: 'backup', state, queuedAt, progress, disks: [], warnings: [] }
}

test('what was put into a catalog is there after it was closed and opened', () => {
  using place = home()
  {
    using catalog = open(place.path)
    catalog.hosts.put(host)
    catalog.repositories.put(repositoryId, address)
    catalog.repositories.see(repositoryId, { number: 7, hash: 'f'.repeat(64) })
    catalog.points.add(point(1))
    catalog.runs.put({ run: runOf('1'.repeat(32), 'running', 1), owner: 'somebody', draftPoint: point(2).id })
  }
  using catalog = open(place.path)
  assert.deepEqual(catalog.hosts.list(), [host])
  const seen = { number: 7, hash: 'f'.repeat(64) }
  assert.deepEqual(catalog.repositories.list(), [{ id: repositoryId, address, seen, verifiedAt: undefined, facts: {} }])
  assert.deepEqual(catalog.points.list(undefined), [point(1)])
  assert.deepEqual(catalog.runs.underWay(), [
    { run: runOf('1'.repeat(32), 'running', 1), owner: 'somebody', draftPoint: point(2).id },
  ])
})

test('a ledger that was seen further along is never forgotten for an older sight', () => {
  using place = home()
  using catalog = open(place.path)
  catalog.repositories.put(repositoryId, address)
  catalog.repositories.see(repositoryId, { number: 7, hash: 'seven' })
  catalog.repositories.see(repositoryId, { number: 6, hash: 'six' })
  catalog.repositories.put(repositoryId, { kind: 'folder', folder: '/moved' })
  assert.deepEqual(catalog.repositories.get(repositoryId)?.seen, { number: 7, hash: 'seven' })
})

test('points are listed newest first, of all machines or of one', () => {
  using place = home()
  using catalog = open(place.path)
  const other = '00000000-0000-4000-8000-00000000000b'
  for (const each of [point(2), point(9, other), point(5)]) catalog.points.add(each)
  assert.deepEqual(
    catalog.points.list(undefined).map((each) => each.createdAt),
    [9, 5, 2],
  )
  assert.deepEqual(
    catalog.points.list(machineId).map((each) => each.createdAt),
    [5, 2],
  )
})

test('a repository replaces only its own points and says whether anything changed', () => {
  using place = home()
  using catalog = open(place.path)
  const foreign = { ...point(3), repositoryId: 'b'.repeat(32) }
  catalog.points.add(foreign)
  assert.equal(catalog.points.replace(repositoryId, [point(1), point(2)]), true)
  assert.equal(catalog.points.replace(repositoryId, [point(1), point(2)]), false)
  assert.equal(catalog.points.replace(repositoryId, [point(2)]), true)
  assert.deepEqual(catalog.points.list(undefined), [foreign, point(2)])
  assert.equal(catalog.points.count(repositoryId), 1)
})

test('points rebuilt from a repository into a new catalog equal those of the lost one', () => {
  using place = home()
  const points = [point(1), point(2), point(3)]
  const dump = (): unknown => {
    using catalog = open(place.path)
    catalog.points.replace(repositoryId, points)
    return catalog.points.list(undefined)
  }
  const before = dump()
  for (const name of readdirSync(place.path)) rmSync(join(place.path, name))
  assert.deepEqual(dump(), before)
})

for (const [what, damage] of [
  [
    'with other bytes',
    (path: string) => writeFileSync(path, 'this is no database, but long enough to be looked at'.repeat(99)),
  ],
  ['with pages overwritten', (path: string) => scribble(path)],
] as const) {
  test(`a catalog ${what} is moved aside; hosts and repositories come back without a hand`, () => {
    using place = home()
    fill(place.path)
    damage(join(place.path, 'catalog.db'))
    using catalog = open(place.path)
    assert.deepEqual(catalog.hosts.list(), [host])
    assert.deepEqual(catalog.repositories.get(repositoryId)?.seen, { number: 3, hash: 'three' })
    assert.deepEqual(catalog.points.list(undefined), [])
    assert.ok(readdirSync(place.path).includes('catalog.db.damaged-2026-01-02T03-04-05.000Z'))
  })
}

for (const [what, lose] of [
  ['that is gone', (path: string) => rmSync(path)],
  ['that was cut to nothing', (path: string) => writeFileSync(path, '')],
] as const) {
  test(`a catalog ${what} comes back with its hosts and repositories`, () => {
    using place = home()
    fill(place.path)
    lose(join(place.path, 'catalog.db'))
    using catalog = open(place.path)
    assert.deepEqual(catalog.hosts.list(), [host])
    assert.equal(catalog.repositories.list().length, 1)
  })
}

test('a catalog from the future is refused and left as it is', () => {
  using place = home()
  fill(place.path)
  const path = join(place.path, 'catalog.db')
  const database = new Database(path)
  database.pragma('user_version = 999')
  database.close()
  const bytes = readFileSync(path)
  assert.throws(
    () => open(place.path),
    (thrown) => thrown instanceof Failure && thrown.code === 'catalog-from-future',
  )
  assert.deepEqual(readFileSync(path), bytes)
})

test('a host that was removed does not come back from the copy', () => {
  using place = home()
  fill(place.path)
  {
    using catalog = open(place.path)
    catalog.hosts.remove(host.id)
  }
  rmSync(join(place.path, 'catalog.db'))
  using catalog = open(place.path)
  assert.deepEqual(catalog.hosts.list(), [])
})

test('what another process commits is noticed once, what is our own is not', () => {
  using place = home()
  using ours = open(place.path)
  using theirs = open(place.path)
  ours.points.add(point(1))
  assert.equal(ours.changedElsewhere(), false)
  theirs.points.add(point(2))
  assert.equal(ours.changedElsewhere(), true)
  assert.equal(ours.changedElsewhere(), false)
})

function fill(path: string): void {
  using catalog = open(path)
  catalog.hosts.put(host)
  catalog.repositories.put(repositoryId, address)
  catalog.repositories.see(repositoryId, { number: 3, hash: 'three' })
  catalog.points.add(point(1))
}

function scribble(path: string): void {
  const bytes = readFileSync(path)
  bytes.fill(0xa5, 4096)
  writeFileSync(path, bytes)
}
