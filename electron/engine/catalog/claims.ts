import type { Database } from 'better-sqlite3'

/** Moments at which something was last begun that engines of one home do only once, by what it is. */
export type ClaimTable = {
  /** When it was last begun; undefined when it never was. */
  at(name: string): number | undefined
  /** Takes it for the caller alone: true for one of all engines that saw it begun at `seenAt`. Durable when it returns. */
  claim(name: string, seenAt: number | undefined, now: number): boolean
}

export function claimTable(database: Database): ClaimTable {
  const at = database.prepare<[string], number>('SELECT at FROM claim WHERE name = ?').pluck()
  const first = database.prepare('INSERT OR IGNORE INTO claim (name, at) VALUES (?, ?)')
  const next = database.prepare('UPDATE claim SET at = ? WHERE name = ? AND at = ?')
  return {
    at: (name) => at.get(name) as number | undefined,
    claim: (name, seenAt, now) =>
      (seenAt === undefined ? first.run(name, now) : next.run(now, name, seenAt)).changes === 1,
  }
}
