import type { Migration } from './migration.ts'

/**
 * What repositories tell beside their points (notes), what was seen of their stores (locks, packs that were read, facts), and
 * the places of points in the order of arrival while the cache of them is made anew: the history of runs refers to these.
 */
export const copies: Migration = {
  number: 8,
  apply: (database) =>
    database.exec(`
      ALTER TABLE repository ADD COLUMN facts TEXT NOT NULL DEFAULT '{}';
      CREATE TABLE note (
        repository_id TEXT NOT NULL,
        point_id TEXT NOT NULL,
        pinned INTEGER NOT NULL,
        labels TEXT NOT NULL,
        PRIMARY KEY (repository_id, point_id)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE lock (
        repository_id TEXT NOT NULL,
        point_id TEXT NOT NULL,
        until INTEGER NOT NULL,
        PRIMARY KEY (repository_id, point_id)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE pack_check (
        repository_id TEXT NOT NULL,
        pack TEXT NOT NULL,
        at INTEGER NOT NULL,
        whole INTEGER NOT NULL,
        PRIMARY KEY (repository_id, pack)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE arrival (
        repository_id TEXT NOT NULL,
        point_id TEXT NOT NULL,
        number INTEGER NOT NULL,
        PRIMARY KEY (repository_id, point_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX arrival_by_number ON arrival (number);
    `),
}
