import type { Database } from 'better-sqlite3'
import type { MachineId } from '../../../shared/machine.ts'
import type { Point, PointId } from '../../../shared/point.ts'
import type { RepositoryId } from '../../../shared/repository.ts'

/** What the repositories held when they were last read. Lists are newest first. */
export type PointTable = {
  list(machineId: MachineId | undefined): readonly Point[]
  get(id: PointId): Point | undefined
  has(id: PointId): boolean
  count(repositoryId: RepositoryId): number
  /** Makes the cache of one repository equal to `points`; answers whether anything changed. Points never change once made. */
  replace(repositoryId: RepositoryId, points: readonly Point[]): boolean
  add(point: Point): void
}

export function pointTable(database: Database): PointTable {
  const order = 'ORDER BY created_at DESC, id'
  const all = database.prepare<[], string>(`SELECT json FROM point ${order}`).pluck()
  const ofMachine = database.prepare<[string], string>(`SELECT json FROM point WHERE machine_id = ? ${order}`).pluck()
  const get = database
    .prepare<[string], string>('SELECT json FROM point WHERE id = ? ORDER BY repository_id LIMIT 1')
    .pluck()
  const count = database.prepare<[string], number>('SELECT count(*) FROM point WHERE repository_id = ?').pluck()
  const ids = database.prepare<[string], string>('SELECT id FROM point WHERE repository_id = ?').pluck()
  // Above every number that a run remembers, also when the newest points are gone: see the migration `history`.
  const add = database.prepare(`
    INSERT OR REPLACE INTO point (repository_id, id, machine_id, created_at, json, arrival) VALUES (?, ?, ?, ?, ?,
      1 + max(coalesce((SELECT max(arrival) FROM point), 0), coalesce((SELECT max(arrivals) FROM run), 0)))`)
  const remove = database.prepare('DELETE FROM point WHERE repository_id = ? AND id = ?')

  function insert(point: Point): void {
    add.run(point.repositoryId, point.id, point.machineId, point.createdAt, JSON.stringify(point))
  }

  const replace = database.transaction((repositoryId: RepositoryId, points: readonly Point[]) => {
    const known = new Set(ids.all(repositoryId) as string[])
    const fresh = points.filter((point) => !known.delete(point.id))
    for (const point of fresh) insert(point)
    for (const gone of known) remove.run(repositoryId, gone)
    return fresh.length + known.size > 0
  })

  return {
    list: (machineId) => (machineId === undefined ? all.all() : ofMachine.all(machineId)).map(toPoint),
    get: (id) => {
      const json = get.get(id)
      return json === undefined ? undefined : toPoint(json)
    },
    has: (id) => get.get(id) !== undefined,
    count: (repositoryId) => Number(count.get(repositoryId)),
    replace: (repositoryId, points) => replace.immediate(repositoryId, points),
    add: insert,
  }
}

function toPoint(json: unknown): Point {
  return JSON.parse(String(json)) as Point
}
