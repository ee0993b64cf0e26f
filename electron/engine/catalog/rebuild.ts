import type { Database } from 'better-sqlite3'
import type { RepositoryId } from '../../../shared/repository.ts'

/** What can be forgotten because repositories tell it again. */
export type Rebuildable = {
  /**
   * Empties what these repositories can tell, or all of them; they are then to be taken in again. What was verified stays:
   * points that come back keep their place in the order of arrival.
   */
  rebuild(repositoryIds?: readonly RepositoryId[]): void
  /** All that repositories told, as text: equal contents make equal texts, in whatever order they came. */
  dump(): string
}

export function rebuildable(database: Database): Rebuildable {
  const known = database
    .prepare<[], string>('SELECT repository_id FROM point UNION SELECT repository_id FROM note')
    .pluck()
  const keep = database.prepare(
    'INSERT OR REPLACE INTO arrival SELECT repository_id, id, arrival FROM point WHERE repository_id = ?',
  )
  const forget = ['point', 'note'].map((table) => database.prepare(`DELETE FROM ${table} WHERE repository_id = ?`))
  const tables = [
    'SELECT repository_id, id, machine_id, created_at, json FROM point ORDER BY repository_id, id',
    'SELECT repository_id, point_id, pinned, labels FROM note ORDER BY repository_id, point_id',
  ].map((query) => database.prepare(query).raw())
  const rebuild = database.transaction((repositoryIds: readonly RepositoryId[]) => {
    for (const id of repositoryIds) for (const statement of [keep, ...forget]) statement.run(id)
  })
  return {
    rebuild: (repositoryIds = known.all() as RepositoryId[]) => rebuild.immediate(repositoryIds),
    dump: () => tables.flatMap((table) => [...table.all()].map((row) => JSON.stringify(row))).join('\n'),
  }
}
