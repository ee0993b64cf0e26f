import type { Database } from 'better-sqlite3'
import { catalogMachineId, type MachineId } from '../../../shared/machine.ts'
import type { Point, PointId } from '../../../shared/point.ts'
import type { RepositoryId } from '../../../shared/repository.ts'

/**
 * What the repositories held when they were last read, with what is known of each point beside it: labels, copies, lock.
 * Lists are newest first. A point that lies in several repositories is answered once, as the first of them in `order` tells
 * it, or else the first by its id.
 */
export type PointTable = {
  /** Of one machine, or of all: the catalog's own points are no machine's, and only answered when they are asked for. */
  list(machineId: MachineId | undefined, order?: readonly RepositoryId[]): readonly Point[]
  get(id: PointId, order?: readonly RepositoryId[]): Point | undefined
  has(id: PointId): boolean
  /** Of one machine, or of all but the catalog's own. */
  ids(machineId: MachineId | undefined): readonly PointId[]
  machines(): readonly MachineId[]
  /** Repositories that hold the point. */
  holders(id: PointId): readonly RepositoryId[]
  /** Of machines. */
  count(repositoryId: RepositoryId): number
  /** Makes the cache of one repository equal to `points`; answers whether anything changed. Points never change once made. */
  replace(repositoryId: RepositoryId, points: readonly Point[]): boolean
  add(point: Point): void
}

type Row = readonly [id: PointId, repositoryId: RepositoryId, json: string, until: number | null, labels: string | null]

const rows = `
  SELECT point.id, point.repository_id, point.json, lock.until, note.labels FROM point
    LEFT JOIN lock ON lock.repository_id = point.repository_id AND lock.point_id = point.id
    LEFT JOIN note ON note.repository_id = point.repository_id AND note.point_id = point.id`
const newestFirst = 'ORDER BY point.created_at DESC, point.id, point.repository_id'

export function pointTable(database: Database): PointTable {
  const all = database.prepare<[string], Row>(`${rows} WHERE point.machine_id <> ? ${newestFirst}`).raw()
  const ofMachine = database.prepare<[string], Row>(`${rows} WHERE point.machine_id = ? ${newestFirst}`).raw()
  const get = database.prepare<[string], Row>(`${rows} WHERE point.id = ? ${newestFirst}`).raw()
  const holders = database
    .prepare<[string], string>('SELECT repository_id FROM point WHERE id = ? ORDER BY repository_id')
    .pluck()
  const count = database
    .prepare<[string, string], number>('SELECT count(*) FROM point WHERE repository_id = ? AND machine_id <> ?')
    .pluck()
  const ids = database.prepare<[string], string>('SELECT id FROM point WHERE repository_id = ?').pluck()
  const idsOfMachine = database.prepare<[string], string>('SELECT DISTINCT id FROM point WHERE machine_id = ?').pluck()
  const allIds = database.prepare<[string], string>('SELECT DISTINCT id FROM point WHERE machine_id <> ?').pluck()
  const machines = database
    .prepare<[string], string>('SELECT DISTINCT machine_id FROM point WHERE machine_id <> ?')
    .pluck()
  // Above every number that a run remembers, also when the newest points are gone: see the migration `history`. A point that
  // comes back while the cache is made anew keeps its place.
  const add = database.prepare(`
    INSERT OR REPLACE INTO point (repository_id, id, machine_id, created_at, json, arrival)
    VALUES (@repositoryId, @id, @machineId, @createdAt, @json, coalesce(
      (SELECT number FROM arrival WHERE repository_id = @repositoryId AND point_id = @id),
      1 + max(coalesce((SELECT max(arrival) FROM point), 0), coalesce((SELECT max(arrivals) FROM run), 0),
        coalesce((SELECT max(number) FROM arrival), 0))))`)
  const arrived = database.prepare('DELETE FROM arrival WHERE repository_id = ? AND point_id = ?')
  const remove = database.prepare('DELETE FROM point WHERE repository_id = ? AND id = ?')

  function insert(point: Point): void {
    const { repositoryId, id, machineId, createdAt } = point
    add.run({ repositoryId, id, machineId, createdAt, json: JSON.stringify(point) })
    arrived.run(repositoryId, id)
  }

  const replace = database.transaction((repositoryId: RepositoryId, points: readonly Point[]) => {
    const known = new Set(ids.all(repositoryId) as string[])
    const fresh = points.filter((point) => !known.delete(point.id))
    for (const point of fresh) insert(point)
    for (const gone of known) remove.run(repositoryId, gone)
    return fresh.length + known.size > 0
  })

  return {
    list: (machineId, order = []) => {
      const found = machineId === undefined ? all.all(catalogMachineId) : ofMachine.all(machineId)
      return together(found, order)
    },
    get: (id, order = []) => together(get.all(id), order)[0],
    has: (id) => holders.get(id) !== undefined,
    ids: (machineId) =>
      (machineId === undefined ? allIds.all(catalogMachineId) : idsOfMachine.all(machineId)) as string[],
    machines: () => machines.all(catalogMachineId) as string[],
    holders: (id) => holders.all(id) as RepositoryId[],
    count: (repositoryId) => Number(count.get(repositoryId, catalogMachineId)),
    replace: (repositoryId, points) => replace.immediate(repositoryId, points),
    add: database.transaction(insert).immediate,
  }
}

/** What the rows of one point come to: the one that is shown, and the repositories of the others. */
type Group = { shown: Row; rank: number; copies: RepositoryId[] | undefined; labels: Set<string> | undefined }

/** Each point once, in the order of the rows. Ten thousand points are listed in one go: little is made for each of them. */
function together(found: readonly Row[], order: readonly RepositoryId[]): readonly Point[] {
  const ranks = new Map(order.map((id, rank) => [id, rank]))
  const groups = new Map<PointId, Group>()
  for (const row of found) {
    const rank = ranks.get(row[1]) ?? order.length
    const known = groups.get(row[0])
    const group = known ?? { shown: row, rank, copies: undefined, labels: undefined }
    if (known === undefined) groups.set(row[0], group)
    else addCopy(group, row, rank)
    if (row[4] !== null && row[4] !== '[]') group.labels = new Set([...(group.labels ?? []), ...labelsOf(row[4])])
  }
  return Array.from(groups.values(), toPoint)
}

function addCopy(group: Group, row: Row, rank: number): void {
  const isShown = rank < group.rank
  group.copies ??= []
  group.copies.push(isShown ? group.shown[1] : row[1])
  if (!isShown) return
  group.shown = row
  group.rank = rank
}

/** Labels are those of all ledgers that hold the point; a lock is that of the repository which is shown. */
function toPoint({ shown, copies, labels }: Group): Point {
  const point = JSON.parse(shown[2]) as Point
  if (labels !== undefined) point.labels = [...labels]
  if (copies !== undefined) point.copies = copies
  if (shown[3] !== null) point.lockedUntil = shown[3]
  return point
}

function labelsOf(json: string): readonly string[] {
  return JSON.parse(json) as string[]
}
