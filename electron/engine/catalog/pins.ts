import type { Database } from 'better-sqlite3'
import type { PointId } from '../../../shared/point.ts'

/** Points that a person wants kept, whether or not their repository is in the list now. */
export type PinTable = {
  list(): readonly PointId[]
  put(id: PointId): void
  remove(id: PointId): void
}

export function pinTable(database: Database): PinTable {
  const list = database.prepare<[], string>('SELECT point_id FROM pin ORDER BY point_id').pluck()
  const put = database.prepare('INSERT OR IGNORE INTO pin (point_id) VALUES (?)')
  const remove = database.prepare('DELETE FROM pin WHERE point_id = ?')
  return {
    list: () => list.all() as PointId[],
    put: (id) => void put.run(id),
    remove: (id) => void remove.run(id),
  }
}
