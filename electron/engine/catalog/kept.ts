import type { Log } from '../base/log.ts'
import { type Copy, readCopy, writeCopy } from './copy.ts'
import type { HostTable } from './hosts.ts'
import type { PinTable } from './pins.ts'
import type { PolicyTable } from './policies.ts'
import type { RepositoryFacts, RepositoryTable } from './repositories.ts'
import type { SettingsTable } from './settings.ts'
import type { UnindexedTable } from './unindexed.ts'

/** What a person told this console: a repository cannot give it back. */
export type Kept = {
  readonly hosts: HostTable
  readonly repositories: RepositoryTable
  readonly policies: PolicyTable
  readonly pins: PinTable
  readonly settings: SettingsTable
  readonly unindexed: UnindexedTable
}

/** Fills new tables from the copy at `path`, where there is one. */
export function restoreCopy(tables: Kept, path: string, log: Log): void {
  const found = readCopy(path)
  if (found === undefined) return
  restoreLists(tables, found)
  for (const { id, address, seen, verifiedAt, facts } of found.repositories) {
    tables.repositories.put(id, address)
    if (seen !== undefined) tables.repositories.see(id, seen)
    if (verifiedAt !== undefined) tables.repositories.verified(id, verifiedAt)
    // What comes out of JSON is there or is not: nothing in it is undefined.
    if (facts !== undefined) tables.repositories.tell(id, facts as RepositoryFacts)
  }
  log.warn('What a person set was taken from the copy beside the catalog', {
    hosts: found.hosts.length,
    repositories: found.repositories.length,
    policies: found.policies.length,
  })
}

function restoreLists({ hosts, policies, pins, settings, unindexed }: Kept, found: Copy): void {
  for (const host of found.hosts) hosts.put(host)
  for (const policy of found.policies) policies.put(policy)
  for (const pin of found.pins) pins.put(pin)
  settings.put(found.settings)
  for (const machineId of found.unindexed ?? []) unindexed.put(machineId)
}

/**
 * The same tables, writing the copy at `path` after each change that a person made. What the scheduler notes goes with the
 * next one: a catalog that is lost before makes up for a start that was made already, which costs one increment.
 */
export function withCopy(tables: Kept, path: string): Kept {
  function then<A extends readonly unknown[]>(change: (...values: A) => void): (...values: A) => void {
    return (...values) => {
      change(...values)
      writeCopy(path, content(tables))
    }
  }
  const { hosts, repositories, policies, pins, settings, unindexed } = tables
  return {
    hosts: { ...hosts, put: then(hosts.put), remove: then(hosts.remove) },
    repositories: {
      ...repositories,
      put: then(repositories.put),
      see: then(repositories.see),
      verified: then(repositories.verified),
      tell: then(repositories.tell),
      remove: then(repositories.remove),
    },
    policies: { ...policies, put: then(policies.put), save: then(policies.save), remove: then(policies.remove) },
    pins: { ...pins, put: then(pins.put), remove: then(pins.remove) },
    settings: { ...settings, put: then(settings.put) },
    unindexed: { ...unindexed, put: then(unindexed.put), remove: then(unindexed.remove) },
  }
}

function content({ hosts, repositories, policies, pins, settings, unindexed }: Kept): Parameters<typeof writeCopy>[1] {
  return {
    hosts: [...hosts.list()],
    repositories: repositories.list().map(({ id, address, seen, verifiedAt, facts }) => ({
      id,
      address,
      facts,
      ...(seen === undefined ? {} : { seen: { ...seen } }),
      ...(verifiedAt === undefined ? {} : { verifiedAt }),
    })),
    policies: [...policies.list()],
    pins: [...pins.list()],
    settings: settings.get(),
    unindexed: [...unindexed.list()],
  }
}
