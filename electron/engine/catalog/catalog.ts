import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from 'better-sqlite3'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { type ClaimTable, claimTable } from './claims.ts'
import { isDamage, openDatabase } from './database.ts'
import { type History, historyOf } from './history.ts'
import { hostTable } from './hosts.ts'
import { type Kept, restoreCopy, withCopy } from './kept.ts'
import { type LockTable, lockTable } from './locks.ts'
import { type NoteTable, noteTable } from './notes.ts'
import { type PackCheckTable, packCheckTable } from './pack-checks.ts'
import { pinTable } from './pins.ts'
import { type PointTable, pointTable } from './points.ts'
import { policyTable } from './policies.ts'
import { type Rebuildable, rebuildable } from './rebuild.ts'
import { repositoryTable } from './repositories.ts'
import { type RunTable, runTable } from './runs.ts'
import { settingsTable } from './settings.ts'
import { type Taken, takeSettings } from './take-settings.ts'
import { unindexedTable } from './unindexed.ts'

/**
 * What this machine remembers: a cache of the repositories, what a person told it, and the history of runs. It is disposable:
 * points come back from the repositories; the rest but the history from the copy that is written beside it at each change.
 */
export type Catalog = Disposable &
  Kept &
  Rebuildable & {
    readonly points: PointTable
    readonly notes: NoteTable
    readonly locks: LockTable
    readonly packChecks: PackCheckTable
    readonly runs: RunTable
    readonly claims: ClaimTable
    readonly history: History
    /** True when another process has committed something since this was last asked. */
    changedElsewhere(): boolean
    /** Writes a copy of the whole catalog to `path`, where nothing is yet; others may go on writing meanwhile. No key is in it. */
    backUpTo(path: string): Promise<void>
    /** See `take-settings.ts`; the copy is changed. */
    takeSettings(path: string): Taken
  }

const fileName = 'catalog.db'

/**
 * Opens `home/catalog.db`, creating it where it is missing. A damaged one is moved aside as `catalog.db.damaged-<time>`
 * and made anew. Fails with `catalog-from-future`, and then touches nothing.
 */
export function openCatalog(home: string, clock: Clock, log: Log): Catalog {
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const path = join(home, fileName)
  const copyPath = join(home, 'addresses.json')
  const { database, isNew } = openOrReplace(path, clock, log)
  const tables = {
    hosts: hostTable(database),
    repositories: repositoryTable(database),
    policies: policyTable(database),
    pins: pinTable(database),
    settings: settingsTable(database),
    unindexed: unindexedTable(database),
  }
  if (isNew) restoreCopy(tables, copyPath, log)
  const kept = withCopy(tables, copyPath)
  return {
    ...kept,
    ...rebuildable(database),
    points: pointTable(database),
    notes: noteTable(database),
    locks: lockTable(database),
    packChecks: packCheckTable(database),
    runs: runTable(database),
    claims: claimTable(database),
    history: historyOf(database),
    changedElsewhere: foreignChanges(database),
    backUpTo: async (copyTo) => void (await database.backup(copyTo)),
    takeSettings: (copyFrom) => takeSettings(kept, database, copyFrom),
    [Symbol.dispose]: () => void database.close(),
  }
}

/** SQLite's `data_version` changes with the commits of other connections, never with one's own. */
function foreignChanges(database: Database): () => boolean {
  const now = (): unknown => database.pragma('data_version', { simple: true })
  let seen = now()
  return () => {
    const before = seen
    seen = now()
    return seen !== before
  }
}

function openOrReplace(path: string, clock: Clock, log: Log): { readonly database: Database; readonly isNew: boolean } {
  try {
    return openDatabase(path)
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown
    const aside = moveAside(path, clock)
    log.error('The catalog was damaged and is made anew', { aside, cause: String(thrown) })
    return openDatabase(path)
  }
}

function moveAside(path: string, clock: Clock): string {
  const aside = `${path}.damaged-${new Date(clock.now()).toISOString().replaceAll(':', '-')}`
  for (const ending of ['', '-wal', '-shm']) {
    if (existsSync(path + ending)) renameSync(path + ending, aside + ending)
  }
  return aside
}
