import type { Database } from 'better-sqlite3'
import type { PointId } from '../../../shared/point.ts'
import type { RepositoryId } from '../../../shared/repository.ts'

/** Until when points are locked, as their stores said when they were last asked. */
export type LockTable = {
  /** Points that are not locked are left out or undefined. */
  replace(repositoryId: RepositoryId, untils: ReadonlyMap<PointId, number | undefined>): void
}

export function lockTable(database: Database): LockTable {
  const clear = database.prepare('DELETE FROM lock WHERE repository_id = ?')
  const put = database.prepare('INSERT INTO lock (repository_id, point_id, until) VALUES (?, ?, ?)')
  const replace = database.transaction(
    (repositoryId: RepositoryId, untils: ReadonlyMap<PointId, number | undefined>) => {
      clear.run(repositoryId)
      for (const [id, until] of untils) if (until !== undefined) put.run(repositoryId, id, Math.floor(until))
    },
  )
  return { replace: (repositoryId, untils) => replace.immediate(repositoryId, untils) }
}
