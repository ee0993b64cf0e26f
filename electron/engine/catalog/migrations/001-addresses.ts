import type { Migration } from './migration.ts'

/** Hosts and repositories: where they are, and what was last seen of a repository's ledger. */
export const addresses: Migration = {
  number: 1,
  apply: (database) =>
    database.exec(`
      CREATE TABLE host (
        id TEXT PRIMARY KEY NOT NULL,
        address TEXT NOT NULL,
        name TEXT NOT NULL
      ) STRICT;
      CREATE TABLE repository (
        id TEXT PRIMARY KEY NOT NULL,
        address TEXT NOT NULL,
        seen_number INTEGER,
        seen_hash TEXT,
        verified_at INTEGER
      ) STRICT;
    `),
}
