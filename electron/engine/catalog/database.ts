import Database from 'better-sqlite3'
import { Failure } from '../../../shared/failure.ts'
import { addresses } from './migrations/001-addresses.ts'
import { points } from './migrations/002-points.ts'
import { runs } from './migrations/003-runs.ts'
import { history } from './migrations/004-history.ts'
import { policies } from './migrations/005-policies.ts'
import { pins } from './migrations/006-pins.ts'
import { settings } from './migrations/007-settings.ts'
import { copies } from './migrations/008-copies.ts'
import { claims } from './migrations/009-claims.ts'
import { unindexed } from './migrations/010-unindexed.ts'
import type { Migration } from './migrations/migration.ts'

export const migrations: readonly Migration[] = [
  addresses,
  points,
  runs,
  history,
  policies,
  pins,
  settings,
  copies,
  claims,
  unindexed,
]

/** Older versions can lose a commit when a write-ahead log is reset while another connection checkpoints. */
const oldestSqlite = '3.51.3'

/** Two engines may share one home; a writer waits this long for the other's commit. */
const busyWaitMs = 10_000

/**
 * Opens or creates the file and brings it to the newest version. Commits are durable when they return (`synchronous=FULL`:
 * the driver's default for write-ahead logs loses acknowledged commits in a power cut).
 * Fails with `catalog-from-future`; throws SQLite's own error for a damaged file (see `isDamage`).
 */
export function openDatabase(path: string): { readonly database: Database.Database; readonly isNew: boolean } {
  const database = new Database(path, { timeout: busyWaitMs })
  try {
    refuseOldSqlite(database)
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    database.pragma('foreign_keys = ON')
    checkWhole(database)
    const isNew = version(database) === 0
    migrate(database, migrations)
    return { database, isNew }
  } catch (thrown) {
    database.close()
    throw thrown
  }
}

/** True for what only a damaged file brings about; a full or refusing disk is not that. */
export function isDamage(thrown: unknown): boolean {
  return thrown instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(thrown.code)
}

/** Each step is one transaction that looks at the version again: another engine may just have done it. */
export function migrate(database: Database.Database, steps: readonly Migration[]): void {
  const newest = steps.at(-1)?.number ?? 0
  const found = version(database)
  if (found > newest) {
    throw new Failure('catalog-from-future', `The catalog is of version ${found}; this program knows up to ${newest}`)
  }
  for (const step of steps) {
    database
      .transaction(() => {
        if (version(database) >= step.number) return
        step.apply(database)
        database.pragma(`user_version = ${step.number}`)
      })
      .immediate()
  }
}

export function version(database: Database.Database): number {
  return Number(database.pragma('user_version', { simple: true }))
}

function refuseOldSqlite(database: Database.Database): void {
  const found = String(database.prepare('SELECT sqlite_version()').pluck().get())
  if (isOlder(found, oldestSqlite)) throw new Error(`SQLite ${found} is older than ${oldestSqlite}`)
}

/** Compares dotted numbers part by part. */
export function isOlder(left: string, right: string): boolean {
  const [a, b] = [left, right].map((text) => text.split('.').map(Number))
  for (const [place, part] of (b ?? []).entries()) {
    const other = a?.[place] ?? 0
    if (other !== part) return other < part
  }
  return false
}

function checkWhole(database: Database.Database): void {
  const answer = database.pragma('quick_check(1)', { simple: true })
  if (answer !== 'ok') throw new Database.SqliteError(String(answer), 'SQLITE_CORRUPT')
}
