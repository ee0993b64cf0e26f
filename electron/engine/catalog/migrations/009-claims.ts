import type { Migration } from './migration.ts'

/** When each thing that engines of one home do only once was last begun. */
export const claims: Migration = {
  number: 9,
  apply: (database) =>
    database.exec(`
      CREATE TABLE claim (name TEXT PRIMARY KEY NOT NULL, at REAL NOT NULL) STRICT, WITHOUT ROWID;
    `),
}
