import type { Database } from 'better-sqlite3'
import type { MachineId } from '../../../shared/machine.ts'

/** Machines of whose files a person wants nothing to be known. */
export type UnindexedTable = {
  list(): readonly MachineId[]
  has(machineId: MachineId): boolean
  put(machineId: MachineId): void
  remove(machineId: MachineId): void
}

export function unindexedTable(database: Database): UnindexedTable {
  const list = database.prepare<[], string>('SELECT machine_id FROM unindexed ORDER BY machine_id').pluck()
  const has = database.prepare<[string], number>('SELECT 1 FROM unindexed WHERE machine_id = ?').pluck()
  const put = database.prepare('INSERT OR IGNORE INTO unindexed (machine_id) VALUES (?)')
  const remove = database.prepare('DELETE FROM unindexed WHERE machine_id = ?')
  return {
    list: () => list.all() as string[],
    has: (machineId) => has.get(machineId) !== undefined,
    put: (machineId) => void put.run(machineId),
    remove: (machineId) => void remove.run(machineId),
  }
}
