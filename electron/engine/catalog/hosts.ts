import type { Database } from 'better-sqlite3'
import type { Host, HostAddress, HostId } from '../../../shared/machine.ts'

export type HostRecord = Pick<Host, 'id' | 'address' | 'name'>

type Row = { readonly id: string; readonly address: string; readonly name: string }

/** Hosts that a person added, in the order of their names. */
export type HostTable = {
  list(): readonly HostRecord[]
  put(host: HostRecord): void
  remove(id: HostId): void
}

export function hostTable(database: Database): HostTable {
  const list = database.prepare<[], Row>('SELECT id, address, name FROM host ORDER BY name, id')
  const put = database.prepare('INSERT OR REPLACE INTO host (id, address, name) VALUES (?, ?, ?)')
  const remove = database.prepare('DELETE FROM host WHERE id = ?')
  return {
    list: () => list.all().map((row) => ({ ...row, address: JSON.parse(row.address) as HostAddress })),
    put: (host) => void put.run(host.id, JSON.stringify(host.address), host.name),
    remove: (id) => void remove.run(id),
  }
}
