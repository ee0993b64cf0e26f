import type { Database } from 'better-sqlite3'
import type { Policy, PolicyId, PolicyWish } from '../../../shared/policy.ts'
import type { RepositoryId } from '../../../shared/repository.ts'

/** A policy without what follows from the time of day. */
export type PolicyRecord = Omit<Policy, 'nextAt'> & {
  /** Starts up to this moment are settled: they were made, or lie before the rules were wished for. */
  readonly settledAt: number
}

export type PolicyTable = {
  list(): readonly PolicyRecord[]
  get(id: PolicyId): PolicyRecord | undefined
  using(repositoryId: RepositoryId): readonly PolicyRecord[]
  /** Adds or replaces the whole record. */
  put(record: PolicyRecord): void
  /**
   * Adds a policy, or changes the wish of one and leaves what its starts left behind. Its rules count from `now` on, unless
   * they are what they were.
   */
  save(id: PolicyId, wish: PolicyWish, now: number): void
  remove(id: PolicyId): void
  /**
   * Takes the starts up to `now` for the caller alone: true for one of all engines that saw the record as it is. Durable
   * when it returns. `isStart` is false when only a moment in the future, told by a wrong clock, is corrected.
   */
  claim(seen: PolicyRecord, now: number, isStart: boolean): boolean
  /** How the last start went; a policy that was removed meanwhile stays so. */
  tell(id: PolicyId, problem: string | undefined): void
}

type Row = {
  readonly id: PolicyId
  readonly wish: string
  readonly created_at: number
  readonly settled_at: number
  readonly last_at: number | null
  readonly problem: string | null
}

const columns = 'id, wish, created_at, settled_at, last_at, problem'

export function policyTable(database: Database): PolicyTable {
  const list = database.prepare<[], Row>(`SELECT ${columns} FROM policy ORDER BY wish ->> '$.name', id`)
  const get = database.prepare<[string], Row>(`SELECT ${columns} FROM policy WHERE id = ?`)
  const using = database.prepare<[string], Row>(
    `SELECT ${columns} FROM policy WHERE wish ->> '$.repositoryId' = ? ORDER BY wish ->> '$.name', id`,
  )
  const put = database.prepare(`INSERT OR REPLACE INTO policy (${columns}) VALUES (?, ?, ?, ?, ?, ?)`)
  const remove = database.prepare('DELETE FROM policy WHERE id = ?')
  const claim = database.prepare(`
    UPDATE policy SET settled_at = ?, last_at = iif(?, ?, last_at) WHERE id = ? AND settled_at = ? AND wish = ?`)
  const tell = database.prepare('UPDATE policy SET problem = ? WHERE id = ?')

  function find(id: PolicyId): PolicyRecord | undefined {
    const row = get.get(id)
    return row === undefined ? undefined : toRecord(row)
  }

  function insert({ id, createdAt, settledAt, lastAt, problem, ...wish }: PolicyRecord): void {
    put.run(id, JSON.stringify(wish), createdAt, settledAt, lastAt ?? null, problem ?? null)
  }

  /** One transaction: another engine may be claiming a start. */
  const save = database.transaction((id: PolicyId, wish: PolicyWish, now: number) => {
    const known = find(id)
    const settledAt = known !== undefined && isSameRule(known, wish) ? known.settledAt : now
    const { createdAt = now, lastAt, problem } = known ?? {}
    insert({ ...wish, id, createdAt, settledAt, ...given({ lastAt, problem }) })
  })

  return {
    list: () => list.all().map(toRecord),
    get: find,
    using: (repositoryId) => using.all(repositoryId).map(toRecord),
    put: insert,
    save: (id, wish, now) => save.immediate(id, wish, now),
    remove: (id) => void remove.run(id),
    claim: ({ id, createdAt: _, settledAt, lastAt: __, problem: ___, ...wish }, now, isStart) =>
      claim.run(now, isStart ? 1 : 0, now, id, settledAt, JSON.stringify(wish)).changes === 1,
    tell: (id, problem) => void tell.run(problem ?? null, id),
  }
}

/** A policy that waited has missed nothing. */
function isSameRule(known: PolicyRecord, wish: PolicyWish): boolean {
  return known.enabled && JSON.stringify(known.rules) === JSON.stringify(wish.rules)
}

function given(facts: { readonly lastAt: number | undefined; readonly problem: string | undefined }) {
  const { lastAt, problem } = facts
  return { ...(lastAt === undefined ? {} : { lastAt }), ...(problem === undefined ? {} : { problem }) }
}

function toRecord(row: Row): PolicyRecord {
  return {
    id: row.id,
    createdAt: row.created_at,
    settledAt: row.settled_at,
    ...given({ lastAt: row.last_at ?? undefined, problem: row.problem ?? undefined }),
    ...(JSON.parse(row.wish) as PolicyWish),
  }
}
