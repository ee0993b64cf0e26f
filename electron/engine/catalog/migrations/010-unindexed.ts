import type { Migration } from './migration.ts'

/** Machines of whose files a person wants nothing to be known. */
export const unindexed: Migration = {
  number: 10,
  apply: (database) =>
    database.exec(`
      CREATE TABLE unindexed (machine_id TEXT PRIMARY KEY NOT NULL) STRICT, WITHOUT ROWID;
    `),
}
