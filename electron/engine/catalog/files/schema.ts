import type { Migration } from '../migrations/migration.ts'

/**
 * What is known of files. A folder's number is its volume's times 2^32 plus its own, so that everything of a volume lies together;
 * the volume's root has the first. `point.number` is the moment of the point, made unique within its machine: intervals of
 * entries are over these numbers (`intervals.ts`), and `gone` says that nothing followed when one ended.
 */
const files: Migration = {
  number: 1,
  apply: (database) =>
    database.exec(`
      CREATE TABLE volume (
        id INTEGER PRIMARY KEY,
        machine_id TEXT NOT NULL,
        volume_id TEXT NOT NULL,
        entries INTEGER NOT NULL DEFAULT 0,
        drafts INTEGER NOT NULL DEFAULT 0,
        draft INTEGER,
        untidy INTEGER NOT NULL DEFAULT 0,
        base TEXT,
        UNIQUE (machine_id, volume_id)
      ) STRICT;
      CREATE TABLE point (
        id TEXT PRIMARY KEY,
        machine_id TEXT NOT NULL,
        number INTEGER NOT NULL,
        created_at REAL NOT NULL,
        skipped INTEGER NOT NULL DEFAULT 0,
        done INTEGER NOT NULL DEFAULT 0,
        UNIQUE (machine_id, number)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE listing (
        volume INTEGER NOT NULL,
        number INTEGER NOT NULL,
        PRIMARY KEY (volume, number)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE name (
        id INTEGER PRIMARY KEY,
        folded TEXT NOT NULL,
        text TEXT
      ) STRICT;
      CREATE INDEX name_by_folded ON name (folded);
      CREATE VIRTUAL TABLE name_search USING fts5 (
        marked, content = '', tokenize = 'trigram case_sensitive 1', detail = none, columnsize = 0
      );
      CREATE TABLE gram (text TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
      CREATE TABLE folder (
        id INTEGER PRIMARY KEY,
        parent INTEGER NOT NULL,
        name INTEGER NOT NULL,
        ref TEXT,
        draft INTEGER,
        blocks BLOB
      ) STRICT;
      CREATE UNIQUE INDEX folder_by_name ON folder (name, parent);
      CREATE TABLE entry (
        folder INTEGER NOT NULL,
        name INTEGER NOT NULL,
        since INTEGER NOT NULL,
        until INTEGER,
        gone INTEGER NOT NULL,
        kind INTEGER NOT NULL,
        size INTEGER NOT NULL,
        modified REAL,
        PRIMARY KEY (folder, name, since)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX entry_by_name ON entry (name, folder);
      CREATE INDEX entry_gone ON entry (until) WHERE gone = 1;
      CREATE INDEX entry_gone_in ON entry (folder / 4294967296, until) WHERE gone = 1;
    `),
}

export const fileMigrations: readonly Migration[] = [files]
