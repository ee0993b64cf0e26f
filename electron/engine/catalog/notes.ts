import type { Database } from 'better-sqlite3'
import type { PointId } from '../../../shared/point.ts'
import type { RepositoryId } from '../../../shared/repository.ts'

/** What a person said of a point, as a ledger keeps it. */
export type PointNote = { readonly pinned: boolean; readonly labels: readonly string[] }

/** Notes as the repositories told them last. */
export type NoteTable = {
  /** Makes the cache of one repository equal to `notes`; answers whether anything changed. */
  replace(repositoryId: RepositoryId, notes: ReadonlyMap<PointId, PointNote>): boolean
  /** Points that some ledger pins, and those whose pin waits to get into one. */
  pinned(): readonly PointId[]
}

type Row = { readonly point_id: string; readonly pinned: number; readonly labels: string }

export function noteTable(database: Database): NoteTable {
  const pinned = database
    .prepare<[], string>('SELECT point_id FROM note WHERE pinned UNION SELECT point_id FROM pin ORDER BY 1')
    .pluck()
  const known = database.prepare<[string], Row>('SELECT point_id, pinned, labels FROM note WHERE repository_id = ?')
  const put = database.prepare(
    'INSERT OR REPLACE INTO note (repository_id, point_id, pinned, labels) VALUES (?, ?, ?, ?)',
  )
  const remove = database.prepare('DELETE FROM note WHERE repository_id = ? AND point_id = ?')

  const replace = database.transaction((repositoryId: RepositoryId, notes: ReadonlyMap<PointId, PointNote>) => {
    const before = new Map(known.all(repositoryId).map((row) => [row.point_id, `${row.pinned} ${row.labels}`]))
    let changes = 0
    for (const [id, note] of notes) {
      const [flag, labels] = [note.pinned ? 1 : 0, JSON.stringify(note.labels)]
      const isKnown = before.get(id) === `${flag} ${labels}`
      before.delete(id)
      if (isKnown) continue
      put.run(repositoryId, id, flag, labels)
      changes++
    }
    for (const gone of before.keys()) remove.run(repositoryId, gone)
    return changes + before.size > 0
  })

  return {
    replace: (repositoryId, notes) => replace.immediate(repositoryId, notes),
    pinned: () => pinned.all() as PointId[],
  }
}
