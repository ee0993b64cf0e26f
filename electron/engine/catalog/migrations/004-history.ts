import type { Migration } from './migration.ts'

/**
 * What the history of runs is asked for, as columns that SQLite reads out of the JSON and keeps in the indexes: they can
 * never say anything else than it.
 *
 * `arrival` numbers points in the order in which this catalog learned of them, and `arrivals` is the newest of these numbers
 * when a run was recorded: a verification cannot have missed what had arrived. No clock has a part in it. For what lies in
 * the catalog already, a point arrived when the backup that made it ended, or, made by another console, when it was taken.
 */
export const history: Migration = {
  number: 4,
  apply: (database) =>
    database.exec(`
      ALTER TABLE run ADD COLUMN arrivals INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE run ADD COLUMN kind TEXT AS (json ->> '$.kind');
      ALTER TABLE run ADD COLUMN state TEXT AS (json ->> '$.state');
      ALTER TABLE run ADD COLUMN machine_id TEXT AS (json ->> '$.machineId');
      ALTER TABLE run ADD COLUMN repository_id TEXT AS (json ->> '$.repositoryId');
      ALTER TABLE run ADD COLUMN point_id TEXT AS (json ->> '$.pointId');
      ALTER TABLE run ADD COLUMN ended_at INTEGER AS (CAST(json ->> '$.endedAt' AS INTEGER));
      ALTER TABLE run ADD COLUMN warned INTEGER AS (json_array_length(json, '$.warnings') > 0);
      CREATE INDEX run_by_end ON run (kind, ended_at, machine_id, state, warned);
      CREATE INDEX run_by_point ON run (point_id, kind);
      CREATE INDEX run_by_repository ON run (repository_id, kind);
      CREATE INDEX run_by_machine ON run (machine_id, kind);
      CREATE INDEX run_by_arrivals ON run (arrivals);

      ALTER TABLE point ADD COLUMN arrival INTEGER NOT NULL DEFAULT 0;
      CREATE TEMP TABLE arrived AS
        SELECT point.rowid AS place, coalesce(max(run.ended_at), point.created_at) AS at
        FROM point LEFT JOIN run ON run.point_id = point.id AND run.kind = 'backup'
        GROUP BY point.rowid;
      UPDATE point SET arrival = numbered.number
        FROM (SELECT place, row_number() OVER (ORDER BY at, place) AS number FROM arrived) AS numbered
        WHERE point.rowid = numbered.place;
      UPDATE run SET arrivals = (SELECT count(*) FROM arrived WHERE at <= run.queued_at);
      DROP TABLE arrived;
      CREATE INDEX point_by_arrival ON point (arrival);
    `),
}
