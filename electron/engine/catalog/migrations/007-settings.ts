import type { Migration } from './migration.ts'

/** Settings: one row, what differs from the first settings as JSON. */
export const settings: Migration = {
  number: 7,
  apply: (database) =>
    database.exec(`
      CREATE TABLE settings (only INTEGER PRIMARY KEY NOT NULL CHECK (only = 1), json TEXT NOT NULL) STRICT;
    `),
}
