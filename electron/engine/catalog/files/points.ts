import type { Database } from 'better-sqlite3'
import type { MachineId } from '../../../../shared/machine.ts'
import type { PointId } from '../../../../shared/point.ts'

export type IndexedPoint = {
  readonly id: PointId
  readonly machineId: MachineId
  /** Its place among the machine's points: its moment, or a little more where another has the same. */
  readonly number: number
  readonly createdAt: number
  /** Volumes of it whose files nobody reads, or that could not be read. */
  readonly skipped: number
}

/** Points of which all volumes were listed (`done`) or are being listed. */
export type FilePointTable = {
  get(id: PointId): IndexedPoint | undefined
  isDone(id: PointId): boolean
  /** Those that are done, oldest first. */
  done(machineId: MachineId): readonly IndexedPoint[]
  /** Of one machine, or of all. */
  doneIds(machineId: MachineId | undefined): ReadonlySet<PointId>
  /** Also those that are not. */
  ids(machineId: MachineId): readonly PointId[]
  begin(id: PointId, machineId: MachineId, createdAt: number): IndexedPoint
  finish(id: PointId, skipped: number): void
  remove(id: PointId): void
  /** Newest done point in which a volume was listed, with its number in `[from, before)`. */
  newestIn(volume: number, from: number, before: number): IndexedPoint | undefined
  /** The same for the oldest from `from` on. */
  oldestIn(volume: number, from: number): IndexedPoint | undefined
  /** All of them, the newest first. */
  allIn(volume: number, from: number, before: number): readonly IndexedPoint[]
}

type Row = {
  readonly id: string
  readonly machine_id: string
  readonly number: number
  readonly created_at: number
  readonly skipped: number
}

const columns = 'point.id, point.machine_id, point.number, point.created_at, point.skipped'

export function filePointTable(database: Database): FilePointTable {
  const get = database.prepare<[string], Row>(`SELECT ${columns} FROM point WHERE id = ?`)
  const isDone = database.prepare<[string], number>('SELECT 1 FROM point WHERE id = ? AND done = 1').pluck()
  const done = database.prepare<[string], Row>(
    `SELECT ${columns} FROM point WHERE machine_id = ? AND done = 1 ORDER BY number`,
  )
  const ids = database.prepare<[string], string>('SELECT id FROM point WHERE machine_id = ?').pluck()
  const taken = database
    .prepare<[string, number], number>('SELECT 1 FROM point WHERE machine_id = ? AND number = ?')
    .pluck()
  const insert = database.prepare('INSERT INTO point (id, machine_id, number, created_at) VALUES (?, ?, ?, ?)')
  const finish = database.prepare('UPDATE point SET done = 1, skipped = ? WHERE id = ?')
  const remove = database.prepare('DELETE FROM point WHERE id = ?')
  const listed = `
    FROM listing JOIN volume ON volume.id = listing.volume
      JOIN point ON point.machine_id = volume.machine_id AND point.number = listing.number AND point.done = 1
    WHERE listing.volume = ? AND listing.number >= ?`
  const newest = database.prepare<[number, number, number], Row>(
    `SELECT ${columns} ${listed} AND listing.number < ? ORDER BY listing.number DESC LIMIT 1`,
  )
  const oldest = database.prepare<[number, number], Row>(`SELECT ${columns} ${listed} ORDER BY listing.number LIMIT 1`)
  const all = database.prepare<[number, number, number], Row>(
    `SELECT ${columns} ${listed} AND listing.number < ? ORDER BY listing.number DESC`,
  )
  const doneIds = database.prepare<[], string>('SELECT id FROM point WHERE done = 1').pluck()
  const doneIdsOf = database.prepare<[string], string>('SELECT id FROM point WHERE machine_id = ? AND done = 1').pluck()
  const found = (row: Row | undefined): IndexedPoint | undefined => (row === undefined ? undefined : toPoint(row))

  function begin(id: PointId, machineId: MachineId, createdAt: number): IndexedPoint {
    const known = found(get.get(id))
    if (known !== undefined) return known
    let number = Math.max(0, Math.floor(createdAt))
    while (taken.get(machineId, number) !== undefined) number++
    insert.run(id, machineId, number, createdAt)
    return { id, machineId, number, createdAt, skipped: 0 }
  }

  return {
    get: (id) => found(get.get(id)),
    isDone: (id) => isDone.get(id) !== undefined,
    done: (machineId) => done.all(machineId).map(toPoint),
    doneIds: (machineId) => new Set((machineId === undefined ? doneIds.all() : doneIdsOf.all(machineId)) as string[]),
    ids: (machineId) => ids.all(machineId) as string[],
    begin,
    finish: (id, skipped) => void finish.run(skipped, id),
    remove: (id) => void remove.run(id),
    newestIn: (volume, from, before) => found(newest.get(volume, from, before)),
    oldestIn: (volume, from) => found(oldest.get(volume, from)),
    allIn: (volume, from, before) => all.all(volume, from, before).map(toPoint),
  }
}

function toPoint(row: Row): IndexedPoint {
  const { id, number, skipped } = row
  return { id, machineId: row.machine_id, number, createdAt: row.created_at, skipped }
}
