import type { Migration } from './migration.ts'

/** Points that a person wants kept. They stay when the cache of points is made anew. */
export const pins: Migration = {
  number: 6,
  apply: (database) =>
    database.exec(`
      CREATE TABLE pin (point_id TEXT PRIMARY KEY NOT NULL) STRICT, WITHOUT ROWID;
    `),
}
