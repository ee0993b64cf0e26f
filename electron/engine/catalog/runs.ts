import type { Database } from 'better-sqlite3'
import { isEnded, type Run, type RunId } from '../../../shared/job.ts'
import type { PointId } from '../../../shared/point.ts'

/** A run with what only the engine needs: who carries it, and the id of the point that it is to make. */
export type RunRecord = { readonly run: Run; readonly owner: string; readonly draftPoint: PointId | undefined }

type Row = { readonly json: string; readonly owner: string; readonly draft_point: string | null }

export type RunTable = {
  /** Newest first. */
  list(limit: number): readonly Run[]
  get(id: RunId): Run | undefined
  put(record: RunRecord): void
  /** Runs of any engine that have not ended. */
  underWay(): readonly RunRecord[]
}

export function runTable(database: Database): RunTable {
  const columns = 'json, owner, draft_point'
  const list = database.prepare<[number], Row>(`SELECT ${columns} FROM run ORDER BY queued_at DESC, id LIMIT ?`)
  const get = database.prepare<[string], Row>(`SELECT ${columns} FROM run WHERE id = ?`)
  const underWay = database.prepare<[], Row>(`SELECT ${columns} FROM run WHERE ended = 0 ORDER BY queued_at, id`)
  const put = database.prepare(`
    INSERT INTO run (id, queued_at, ended, owner, draft_point, json, arrivals)
    VALUES (?, ?, ?, ?, ?, ?, coalesce((SELECT max(arrival) FROM point), 0))
    ON CONFLICT (id) DO UPDATE SET
      ended = excluded.ended, owner = excluded.owner, draft_point = excluded.draft_point, json = excluded.json`)
  return {
    list: (limit) => list.all(limit).map((row) => toRecord(row).run),
    get: (id) => {
      const row = get.get(id)
      return row === undefined ? undefined : toRecord(row).run
    },
    put: ({ run, owner, draftPoint }) => {
      const ended = isEnded(run.state) ? 1 : 0
      put.run(run.id, run.queuedAt, ended, owner, draftPoint ?? null, JSON.stringify(run))
    },
    underWay: () => underWay.all().map(toRecord),
  }
}

function toRecord(row: Row): RunRecord {
  return { run: JSON.parse(row.json) as Run, owner: row.owner, draftPoint: row.draft_point ?? undefined }
}
