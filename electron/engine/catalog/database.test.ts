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
  const database = before(4)
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
