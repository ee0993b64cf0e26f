import type { Database } from 'better-sqlite3'
import type { Place, Repository, RepositoryId, StoreAddress } from '../../../shared/repository.ts'

/** The ledger's newest entry as it was last seen: an older one later means that somebody turned the repository back. */
export type Seen = { readonly number: number; readonly hash: string }

/** What is remembered of a repository's store and upkeep; `place` is what a person said. */
export type RepositoryFacts = Pick<Repository, 'probe' | 'lockTruth' | 'sweptAt'> & { readonly place?: Place }

export type RepositoryRecord = {
  readonly id: RepositoryId
  readonly address: StoreAddress
  readonly seen: Seen | undefined
  /** End of the last data verification that found no damage. */
  readonly verifiedAt: number | undefined
  readonly facts: RepositoryFacts
}

type Row = {
  readonly id: string
  readonly address: string
  readonly seen_number: number | null
  readonly seen_hash: string | null
  readonly verified_at: number | null
  readonly facts: string
}

export type RepositoryTable = {
  list(): readonly RepositoryRecord[]
  get(id: RepositoryId): RepositoryRecord | undefined
  /** Adds a repository or changes its address; what was seen of it stays. */
  put(id: RepositoryId, address: StoreAddress): void
  /** Only ever goes forward: another engine may have seen more. */
  see(id: RepositoryId, seen: Seen): void
  verified(id: RepositoryId, at: number): void
  /** Facts that are absent stay. */
  tell(id: RepositoryId, facts: RepositoryFacts): void
  remove(id: RepositoryId): void
}

const columns = 'id, address, seen_number, seen_hash, verified_at, facts'

export function repositoryTable(database: Database): RepositoryTable {
  const list = database.prepare<[], Row>(`SELECT ${columns} FROM repository ORDER BY id`)
  const get = database.prepare<[string], Row>(`SELECT ${columns} FROM repository WHERE id = ?`)
  const put = database.prepare(`
    INSERT INTO repository (id, address) VALUES (?, ?)
    ON CONFLICT (id) DO UPDATE SET address = excluded.address`)
  const see = database.prepare(`
    UPDATE repository SET seen_number = ?, seen_hash = ?
    WHERE id = ? AND (seen_number IS NULL OR seen_number < ?)`)
  const remove = database.prepare('DELETE FROM repository WHERE id = ?')
  const verified = database.prepare('UPDATE repository SET verified_at = ? WHERE id = ?')
  const putFacts = database.prepare('UPDATE repository SET facts = ? WHERE id = ?')
  /** One transaction: another engine may tell something else. */
  const tell = database.transaction((id: RepositoryId, facts: RepositoryFacts) => {
    const known = JSON.parse(get.get(id)?.facts ?? '{}') as RepositoryFacts
    putFacts.run(JSON.stringify({ ...known, ...facts }), id)
  })
  return {
    list: () => list.all().map(toRecord),
    get: (id) => {
      const row = get.get(id)
      return row === undefined ? undefined : toRecord(row)
    },
    put: (id, address) => void put.run(id, JSON.stringify(address)),
    see: (id, seen) => void see.run(seen.number, seen.hash, id, seen.number),
    verified: (id, at) => void verified.run(at, id),
    tell: (id, facts) => tell.immediate(id, facts),
    remove: (id) => void remove.run(id),
  }
}

function toRecord(row: Row): RepositoryRecord {
  const seen =
    row.seen_number === null || row.seen_hash === null ? undefined : { number: row.seen_number, hash: row.seen_hash }
  return {
    id: row.id,
    address: JSON.parse(row.address) as StoreAddress,
    seen,
    verifiedAt: row.verified_at ?? undefined,
    facts: JSON.parse(row.facts) as RepositoryFacts,
  }
}
