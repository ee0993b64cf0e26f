import type { Database } from 'better-sqlite3'
import type { RepositoryId } from '../../../shared/repository.ts'

/** What a verification that was cut off has read already, and where it notes what it reads. */
export type PackChecks = {
  /** When the pack was read and found whole by a verification that was cut off; undefined when it is to be read. */
  freshAt(pack: string): number | undefined
  put(pack: string, isWhole: boolean): void
  /** Writes down what `put` has gathered. */
  flush(): void
}

export type PackCheckTable = {
  /**
   * For a verification of everything that begins at `now`: it goes on with the ones before it, as long as none of them came
   * to an end and the oldest of what they read was read a week ago at most.
   */
  resume(repositoryId: RepositoryId, now: () => number): PackChecks
}

const relyOnMs = 7 * 86_400_000
/** Each commit is a sync of the disk; what a crash loses of these is read once more. */
const gathered = 64

type Row = { readonly pack: string; readonly at: number }

export function packCheckTable(database: Database): PackCheckTable {
  /** The first that was cut off after the last that read everything. */
  const cutOff = database
    .prepare<{ readonly id: string }, number>(
      `SELECT min(json ->> '$.startedAt') FROM run
       WHERE repository_id = @id AND kind = 'verify' AND point_id IS NULL AND ended = 1 AND rowid > coalesce((
         SELECT max(rowid) FROM run WHERE repository_id = @id AND kind = 'verify' AND point_id IS NULL
           AND (state = 'done' OR state = 'failed' AND json ->> '$.failure.code' = 'repository-damaged')), 0)`,
    )
    .pluck()
  const whole = database.prepare<[string, number], Row>(
    'SELECT pack, at FROM pack_check WHERE repository_id = ? AND whole AND at >= ?',
  )
  const forget = database.prepare('DELETE FROM pack_check WHERE repository_id = ? AND at < ?')
  const put = database.prepare('INSERT OR REPLACE INTO pack_check (repository_id, pack, at, whole) VALUES (?, ?, ?, ?)')
  const putAll = database.transaction((id: RepositoryId, checks: ReadonlyMap<string, { at: number; whole: 0 | 1 }>) => {
    for (const [pack, { at, whole: flag }] of checks) put.run(id, pack, at, flag)
  })

  return {
    resume(repositoryId, now) {
      const began = cutOff.get({ id: repositoryId }) ?? undefined
      const since = began === undefined ? now() : Math.max(began, now() - relyOnMs)
      const fresh = new Map(
        whole
          .all(repositoryId, since)
          .filter(({ at }) => at <= now())
          .map(({ pack, at }) => [pack, at]),
      )
      forget.run(repositoryId, now() - relyOnMs)
      const checks = new Map<string, { at: number; whole: 0 | 1 }>()
      const flush = (): void => {
        putAll.immediate(repositoryId, checks)
        checks.clear()
      }
      return {
        freshAt: (pack) => fresh.get(pack),
        put: (pack, isWhole) => {
          checks.set(pack, { at: now(), whole: isWhole ? 1 : 0 })
          if (checks.size >= gathered) flush()
        },
        flush,
      }
    },
  }
}
