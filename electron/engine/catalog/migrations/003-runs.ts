import type { Migration } from './migration.ts'

/** Runs, as JSON with columns for the lists; the engine that carries a run, and the point that it is to make. */
export const runs: Migration = {
  number: 3,
  apply: (database) =>
    database.exec(`
      CREATE TABLE run (
        id TEXT PRIMARY KEY NOT NULL,
        queued_at INTEGER NOT NULL,
        ended INTEGER NOT NULL,
        owner TEXT NOT NULL,
        draft_point TEXT,
        json TEXT NOT NULL
      ) STRICT;
      CREATE INDEX run_by_time ON run (queued_at DESC, id);
      CREATE INDEX run_under_way ON run (owner) WHERE ended = 0;
    `),
}
