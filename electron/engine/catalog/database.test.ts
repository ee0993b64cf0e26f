import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import Database from 'better-sqlite3'
import { Failure } from '../../../shared/failure.ts'
import { isOlder, migrate, migrations, openDatabase, version } from './database.ts'

/** A catalog as the version before migration `number` left it. */
function before(number: number): Database.Database {
  const database = new Database(':memory:')
  migrate(
    database,
    migrations.filter((each) => each.number < number),
  )
  return database
}

function tables(database: Database.Database): readonly unknown[] {
  return database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").pluck().all()
}

test('migrations are numbered from 1 without a gap', () => {
  assert.deepEqual(
    migrations.map((each) => each.number),
    migrations.map((_, place) => place + 1),
  )
})

test('migration 1 brings hosts and repositories into an empty file', () => {
  const database = before(1)
  migrate(database, migrations.slice(0, 1))
  assert.deepEqual(tables(database), ['host', 'repository'])
  assert.equal(version(database), 1)
})

test('migration 2 adds points and keeps the addresses that version 1 held', () => {
  const database = before(2)
  database.exec(`INSERT INTO host VALUES ('h', '{}', 'name')`)
  migrate(database, migrations.slice(0, 2))
  assert.deepEqual(tables(database), ['host', 'point', 'repository'])
  assert.equal(database.prepare('SELECT name FROM host').pluck().get(), 'name')
})

test('migration 3 adds runs and keeps the points that version 2 held', () => {
  const database = before(3)
  database.exec(`INSERT INTO point VALUES ('r', 'p', 'm', 1, '{}')`)
  migrate(database, migrations.slice(0, 3))
  assert.deepEqual(tables(database), ['host', 'point', 'repository', 'run'])
  assert.equal(database.prepare('SELECT id FROM point').pluck().get(), 'p')
})

test('migration 4 reads what the history is asked for out of the runs that version 3 held', () => {
  const database = before(4)
  const run = { kind: 'backup', state: 'failed', machineId: 'm', repositoryId: 'r', endedAt: 7, warnings: ['one'] }
  database.prepare("INSERT INTO run VALUES ('x', 5, 1, 'o', NULL, ?)").run(JSON.stringify(run))
  migrate(database, migrations.slice(0, 4))
  const row = database
    .prepare('SELECT kind, state, machine_id, repository_id, point_id, ended_at, warned FROM run')
    .get()
  const read = { kind: 'backup', state: 'failed', machine_id: 'm', repository_id: 'r', point_id: null, ended_at: 7 }
  assert.deepEqual({ ...(row as object) }, { ...read, warned: 1 })
})

test('migration 4 takes an old point as made when its backup ended, not when its guest stood still', () => {
  const database = before(4)
  const insert = database.prepare("INSERT INTO point VALUES ('r', ?, 'm', ?, '{}')")
  insert.run('late', 10)
  insert.run('foreign', 20)
  const run = database.prepare('INSERT INTO run VALUES (?, ?, 1, ?, NULL, ?)')
  run.run('backup', 9, 'o', JSON.stringify({ kind: 'backup', pointId: 'late', endedAt: 60, warnings: [] }))
  run.run('before', 15, 'o', JSON.stringify({ kind: 'verify', warnings: [] }))
  run.run('between', 50, 'o', JSON.stringify({ kind: 'verify', warnings: [] }))
  run.run('after', 61, 'o', JSON.stringify({ kind: 'verify', warnings: [] }))
  migrate(database, migrations.slice(0, 4))
  assert.deepEqual(database.prepare('SELECT id FROM point ORDER BY arrival').pluck().all(), ['foreign', 'late'])
  const arrivals = database.prepare("SELECT id, arrivals FROM run WHERE id <> 'backup' ORDER BY arrivals").raw().all()
  assert.deepEqual(arrivals, [
    ['before', 0],
    ['between', 1],
    ['after', 2],
  ])
})

test('migrations 5 to 7 bring policies, pins and settings, and keep the runs that version 4 held', () => {
  const database = before(5)
  database.exec(`INSERT INTO run (id, queued_at, ended, owner, json) VALUES ('x', 5, 1, 'o', '{}')`)
  for (const [number, name] of [
    [5, 'policy'],
    [6, 'pin'],
    [7, 'settings'],
  ] as const) {
    assert.ok(!tables(database).includes(name))
    migrate(database, migrations.slice(0, number))
    assert.ok(tables(database).includes(name))
  }
  assert.equal(database.prepare('SELECT id FROM run').pluck().get(), 'x')
})

test('migration 8 brings notes, locks, checked packs and facts, and keeps the repositories and points that version 7 held', () => {
  const database = before(8)
  database.exec(`
    INSERT INTO repository (id, address) VALUES ('r', '{}');
    INSERT INTO point (repository_id, id, machine_id, created_at, json, arrival) VALUES ('r', 'p', 'm', 1, '{}', 4);
    INSERT INTO pin VALUES ('p')`)
  migrate(database, migrations.slice(0, 8))
  for (const name of ['note', 'lock', 'pack_check', 'arrival']) assert.ok(tables(database).includes(name))
  assert.equal(database.prepare('SELECT facts FROM repository').pluck().get(), '{}')
  assert.equal(database.prepare('SELECT arrival FROM point').pluck().get(), 4)
  assert.equal(database.prepare('SELECT point_id FROM pin').pluck().get(), 'p')
})

test('migration 10 brings the machines of whose files nothing is to be known, and keeps the claims that version 9 held', () => {
  const database = before(10)
  database.exec("INSERT INTO claim VALUES ('sweep', 7)")
  migrate(database, migrations.slice(0, 10))
  assert.ok(tables(database).includes('unindexed'))
  assert.equal(database.prepare('SELECT at FROM claim').pluck().get(), 7)
})

test('a migration that fails half-way leaves the version before', () => {
  const database = before(2)
  const broken = {
    number: 2,
    apply: (target: Database.Database) => void target.exec('CREATE TABLE half (id); SELECT nonsense'),
  }
  assert.throws(() => migrate(database, [broken]), /nonsense/)
  assert.equal(version(database), 1)
  assert.deepEqual(tables(database), ['host', 'repository'])
})

test('a catalog of a later version is refused and not touched', () => {
  const database = before(migrations.length + 1)
  database.pragma('user_version = 999')
  assert.throws(
    () => migrate(database, migrations),
    (thrown) => thrown instanceof Failure && thrown.code === 'catalog-from-future',
  )
  assert.equal(version(database), 999)
})

test('commits are synced in full and a second engine waits for the first', () => {
  const folder = mkdtempSync(join(tmpdir(), 'catalog-'))
  try {
    const { database } = openDatabase(join(folder, 'catalog.db'))
    assert.equal(database.pragma('journal_mode', { simple: true }), 'wal')
    assert.equal(database.pragma('synchronous', { simple: true }), 2)
    assert.equal(Number(database.pragma('busy_timeout', { simple: true })) > 0, true)
    database.close()
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('dotted versions are compared by their numbers, not by their letters', () => {
  assert.equal(isOlder('3.51.3', '3.51.3'), false)
  assert.equal(isOlder('3.51.2', '3.51.3'), true)
  assert.equal(isOlder('3.6.23', '3.51.3'), true)
  assert.equal(isOlder('3.51.10', '3.51.3'), false)
  assert.equal(isOlder('4.0', '3.51.3'), false)
})
