import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from 'better-sqlite3'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { readCopy, writeCopy } from './copy.ts'
import { isDamage, openDatabase } from './database.ts'
import { type HostTable, hostTable } from './hosts.ts'
import { type PointTable, pointTable } from './points.ts'
import { type RepositoryTable, repositoryTable } from './repositories.ts'
import { type RunTable, runTable } from './runs.ts'

/**
 * What this machine remembers: a cache of the repositories, our settings, and the history of runs. It is disposable:
 * points come back from the repositories; hosts and repositories from the copy that is written beside it at each change.
 */
export type Catalog = Disposable & {
  readonly hosts: HostTable
  readonly repositories: RepositoryTable
  readonly points: PointTable
  readonly runs: RunTable
  /** True when another process has committed something since this was last asked. */
  changedElsewhere(): boolean
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
  const tables = { hosts: hostTable(database), repositories: repositoryTable(database) }
  if (isNew) restoreCopy(tables, copyPath, log)
  return {
    ...copied(tables, () => writeCopy(copyPath, { version: 1, ...content(tables) })),
    points: pointTable(database),
    runs: runTable(database),
    changedElsewhere: foreignChanges(database),
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

type Addresses = { readonly hosts: HostTable; readonly repositories: RepositoryTable }

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

function restoreCopy(tables: Addresses, copyPath: string, log: Log): void {
  const found = readCopy(copyPath)
  if (found === undefined) return
  for (const host of found.hosts) tables.hosts.put(host)
  for (const { id, address, seen, verifiedAt } of found.repositories) {
    tables.repositories.put(id, address)
    if (seen !== undefined) tables.repositories.see(id, seen)
    if (verifiedAt !== undefined) tables.repositories.verified(id, verifiedAt)
  }
  log.warn('Hosts and repositories were taken from the copy beside the catalog', {
    hosts: found.hosts.length,
    repositories: found.repositories.length,
  })
}

function content(tables: Addresses) {
  return {
    hosts: [...tables.hosts.list()],
    repositories: tables.repositories.list().map(({ id, address, seen, verifiedAt }) => ({
      id,
      address,
      ...(seen === undefined ? {} : { seen: { ...seen } }),
      ...(verifiedAt === undefined ? {} : { verifiedAt }),
    })),
  }
}

/** The same tables, writing the copy after each change. */
function copied({ hosts, repositories }: Addresses, write: () => void): Addresses {
  function then<A extends readonly unknown[]>(change: (...values: A) => void): (...values: A) => void {
    return (...values) => {
      change(...values)
      write()
    }
  }
  return {
    hosts: { ...hosts, put: then(hosts.put), remove: then(hosts.remove) },
    repositories: {
      ...repositories,
      put: then(repositories.put),
      see: then(repositories.see),
      verified: then(repositories.verified),
    },
  }
}
