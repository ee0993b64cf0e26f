import type { Migration } from './migration.ts'

/** Points as their repositories tell them: a cache, in whole as JSON, with columns for the lists. */
export const points: Migration = {
  number: 2,
  apply: (database) =>
    database.exec(`
      CREATE TABLE point (
        repository_id TEXT NOT NULL,
        id TEXT NOT NULL,
        machine_id TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        json TEXT NOT NULL,
        PRIMARY KEY (repository_id, id)
      ) STRICT;
      CREATE INDEX point_by_id ON point (id);
      CREATE INDEX point_by_time ON point (created_at DESC, id);
      CREATE INDEX point_by_machine ON point (machine_id, created_at DESC, id);
    `),
}
