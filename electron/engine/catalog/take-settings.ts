import type { Database } from 'better-sqlite3'
import { Failure } from '../../../shared/failure.ts'
import { isEnded, type Run } from '../../../shared/job.ts'
import { isDamage, openDatabase } from './database.ts'
import { hostTable } from './hosts.ts'
import type { Kept } from './kept.ts'
import { pinTable } from './pins.ts'
import { policyTable } from './policies.ts'
import { repositoryTable } from './repositories.ts'
import { settingsTable } from './settings.ts'
import { unindexedTable } from './unindexed.ts'

/** How many of each were taken. */
export type Taken = {
  readonly hosts: number
  readonly repositories: number
  readonly policies: number
  readonly runs: number
}

/**
 * Takes what a person told another catalog, and the history of its runs, from a copy of it at `path` (which is brought to this
 * version on the way). What is here already stays as it is. Keys and accounts are in no catalog: repositories come back locked
 * where this machine does not have them. Fails with `catalog-from-future` and `object-damaged`.
 *
 * The order of arrival is another one there, so whole verifications of then prove nothing here; restores and verifications of
 * single points do.
 */
export function takeSettings(own: Kept, database: Database, path: string): Taken {
  const other = openCopy(path)
  try {
    return {
      hosts: takeHosts(own, other),
      repositories: takeRepositories(own, other),
      policies: takePolicies(own, other),
      runs: takeRuns(database, other),
    }
  } finally {
    other.close()
  }
}

function openCopy(path: string): Database {
  try {
    return openDatabase(path).database
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown
    throw new Failure('object-damaged', `The copy of the catalog cannot be read: ${String(thrown)}`, { cause: thrown })
  }
}

function takeHosts({ hosts, settings, pins, unindexed }: Kept, other: Database): number {
  const known = new Set(hosts.list().map(({ id }) => id))
  const fresh = hostTable(other)
    .list()
    .filter(({ id }) => !known.has(id))
  for (const host of fresh) hosts.put(host)
  for (const pin of pinTable(other).list()) pins.put(pin)
  for (const machineId of unindexedTable(other).list()) unindexed.put(machineId)
  settings.put({ ...settingsTable(other).get(), ...settings.get() })
  return fresh.length
}

function takeRepositories({ repositories }: Kept, other: Database): number {
  const fresh = repositoryTable(other)
    .list()
    .filter(({ id }) => repositories.get(id) === undefined)
  for (const { id, address, seen, verifiedAt, facts } of fresh) {
    repositories.put(id, address)
    if (seen !== undefined) repositories.see(id, seen)
    if (verifiedAt !== undefined) repositories.verified(id, verifiedAt)
    repositories.tell(id, facts)
  }
  return fresh.length
}

function takePolicies({ policies }: Kept, other: Database): number {
  const fresh = policyTable(other)
    .list()
    .filter(({ id }) => policies.get(id) === undefined)
  for (const policy of fresh) policies.put(policy)
  return fresh.length
}

/** Runs that had not ended when the copy was made were somebody else's to end. */
function takeRuns(database: Database, other: Database): number {
  const put = database.prepare(
    "INSERT OR IGNORE INTO run (id, queued_at, ended, owner, draft_point, json, arrivals) VALUES (?, ?, 1, '', NULL, ?, 0)",
  )
  const take = database.transaction(() => {
    let taken = 0
    for (const json of other.prepare<[], string>('SELECT json FROM run ORDER BY rowid').pluck().iterate()) {
      const run = JSON.parse(json) as Run
      if (isEnded(run.state)) taken += put.run(run.id, run.queuedAt, json).changes
    }
    return taken
  })
  return take.immediate()
}
