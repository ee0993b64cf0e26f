import type { Migration } from './migration.ts'

/** Policies: what a person decided as JSON, and what starting them left behind. */
export const policies: Migration = {
  number: 5,
  apply: (database) =>
    database.exec(`
      CREATE TABLE policy (
        id TEXT PRIMARY KEY NOT NULL,
        wish TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        settled_at INTEGER NOT NULL,
        last_at INTEGER,
        problem TEXT
      ) STRICT;
    `),
}
