import type { Database } from 'better-sqlite3'
import type { VolumeId } from '../../../../shared/files.ts'
import type { MachineId } from '../../../../shared/machine.ts'
import type { Neighbours } from './intervals.ts'

/** What the volume was when its folders were last read: what the blocks of their readings refer to. */
export type Base = {
  readonly pointId: string
  readonly number: number
  readonly draft: number
  /** Where it lay on which disks, where somebody can tell, and the reader's layout. */
  readonly place: string | undefined
  readonly layout: string
  readonly disks: readonly string[]
  /** Ranges of disks that a journal had changed: `[disk, start, end)`; undefined where that could not be told. */
  readonly overlaid: readonly (readonly [disk: number, start: number, end: number])[] | undefined
}

export type VolumeRow = {
  readonly id: number
  readonly machineId: MachineId
  readonly volumeId: VolumeId
  readonly entries: number
  /** How often a listing of it was begun; the last one is under way, or was cut off, where `draft` is a point's number (-1: it was being tidied). */
  readonly drafts: number
  readonly draft: number | undefined
  /** Points of it were forgotten since it was last tidied. */
  readonly untidy: boolean
  readonly base: Base | undefined
}

export type VolumeTable = {
  need(machineId: MachineId, volumeId: VolumeId): VolumeRow
  get(id: number): VolumeRow | undefined
  find(machineId: MachineId, volumeId: VolumeId): VolumeRow | undefined
  of(machineId: MachineId | undefined): readonly VolumeRow[]
  /** Answers the number of the draft; whoever wrote an earlier one is refused from now on. */
  begin(id: number, draft: number): number
  /** As `begin`, of what is no point. */
  tidying(id: number): number
  tidied(id: number): void
  finish(id: number, base: Base): void
  grow(id: number, entries: number): void
  /** A point of it was forgotten. */
  forgotten(id: number): void
  remove(id: number): void

  listed(id: number): readonly number[]
  isListed(id: number, point: number): boolean
  neighbours(id: number, point: number): Neighbours
  unlist(id: number, point: number): boolean
}

type Row = {
  readonly id: number
  readonly machine_id: string
  readonly volume_id: string
  readonly entries: number
  readonly drafts: number
  readonly draft: number | null
  readonly untidy: number
  readonly base: string | null
}

export function volumeTable(database: Database): VolumeTable {
  const insert = database.prepare('INSERT OR IGNORE INTO volume (machine_id, volume_id) VALUES (?, ?)')
  const find = database.prepare<[string, string], Row>('SELECT * FROM volume WHERE machine_id = ? AND volume_id = ?')
  const get = database.prepare<[number], Row>('SELECT * FROM volume WHERE id = ?')
  const all = database.prepare<[], Row>('SELECT * FROM volume ORDER BY id')
  const ofMachine = database.prepare<[string], Row>('SELECT * FROM volume WHERE machine_id = ? ORDER BY id')
  const begin = database
    .prepare<[number, number], number>('UPDATE volume SET drafts = drafts + 1, draft = ? WHERE id = ? RETURNING drafts')
    .pluck()
  const tidying = database
    .prepare<[number], number>(
      'UPDATE volume SET drafts = drafts + 1, draft = -1, untidy = 0 WHERE id = ? RETURNING drafts',
    )
    .pluck()
  const tidied = database.prepare('UPDATE volume SET draft = NULL WHERE id = ?')
  const finish = database.prepare('UPDATE volume SET draft = NULL, base = ? WHERE id = ?')
  const grow = database.prepare('UPDATE volume SET entries = entries + ? WHERE id = ?')
  const forgotten = database.prepare('UPDATE volume SET untidy = 1 WHERE id = ?')
  const remove = database.prepare('DELETE FROM volume WHERE id = ?')
  const list = database.prepare('INSERT INTO listing (volume, number) VALUES (?, ?)')
  const unlist = database.prepare('DELETE FROM listing WHERE volume = ? AND number = ?')
  const listed = database
    .prepare<[number], number>('SELECT number FROM listing WHERE volume = ? ORDER BY number')
    .pluck()
  const isListed = database
    .prepare<[number, number], number>('SELECT 1 FROM listing WHERE volume = ? AND number = ?')
    .pluck()
  const before = database
    .prepare<[number, number], number>('SELECT max(number) FROM listing WHERE volume = ? AND number < ?')
    .pluck()
  const after = database
    .prepare<[number, number], number>('SELECT min(number) FROM listing WHERE volume = ? AND number > ?')
    .pluck()
  const found = (row: Row | undefined): VolumeRow | undefined => (row === undefined ? undefined : toVolume(row))
  return {
    need: (machineId, volumeId) => {
      insert.run(machineId, volumeId)
      return toVolume(find.get(machineId, volumeId) as Row)
    },
    get: (id) => found(get.get(id)),
    find: (machineId, volumeId) => found(find.get(machineId, volumeId)),
    of: (machineId) => (machineId === undefined ? all.all() : ofMachine.all(machineId)).map(toVolume),
    begin: (id, draft) => Number(begin.get(draft, id)),
    tidying: (id) => Number(tidying.get(id)),
    tidied: (id) => void tidied.run(id),
    finish: (id, base) => {
      list.run(id, base.number)
      finish.run(JSON.stringify(base), id)
    },
    grow: (id, entries) => void grow.run(entries, id),
    forgotten: (id) => void forgotten.run(id),
    remove: (id) => void remove.run(id),
    listed: (id) => listed.all(id) as number[],
    isListed: (id, point) => isListed.get(id, point) !== undefined,
    neighbours: (id, point) => ({
      before: (before.get(id, point) as number | null) ?? undefined,
      after: (after.get(id, point) as number | null) ?? undefined,
    }),
    unlist: (id, point) => unlist.run(id, point).changes === 1,
  }
}

function toVolume(row: Row): VolumeRow {
  const { id, entries, drafts } = row
  return {
    id,
    machineId: row.machine_id,
    volumeId: row.volume_id,
    entries,
    drafts,
    draft: row.draft ?? undefined,
    untidy: row.untidy === 1,
    base: row.base === null ? undefined : (JSON.parse(row.base) as Base),
  }
}
