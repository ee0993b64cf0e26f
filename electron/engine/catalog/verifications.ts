import type { Database } from 'better-sqlite3'
import type { Proof } from '../../../shared/history.ts'
import type { Run } from '../../../shared/job.ts'
import { catalogMachineId, type MachineId } from '../../../shared/machine.ts'
import type { PointId } from '../../../shared/point.ts'
import type { Repository, RepositoryId } from '../../../shared/repository.ts'

type PointRow = { readonly id: PointId; readonly repository_id: RepositoryId; readonly arrival: number }
type RunRow = { readonly json: string; readonly arrivals: number }

/** What one verification of a repository, or of one point in it, says of the points that it read. */
type Verification = { readonly at: number; readonly bytes: number; readonly damaged: ReadonlySet<PointId> }

/** The newest verification of everything, with the newest arrival that it cannot have missed, and later ones of single points. */
type Known = {
  readonly whole: (Verification & { readonly arrivals: number }) | undefined
  readonly single: ReadonlyMap<PointId, Verification>
}

/** Runs that read all they were to read: they were done, or they found damage, which is their failure. */
const ended = `run.kind = 'verify' AND (run.state = 'done'
  OR run.state = 'failed' AND run.json ->> '$.failure.code' = 'repository-damaged')`

export function verifications(database: Database) {
  const whole = database.prepare<[string], RunRow & { readonly place: number }>(
    `SELECT rowid AS place, json, arrivals FROM run
     WHERE repository_id = ? AND point_id IS NULL AND ${ended} ORDER BY rowid DESC LIMIT 1`,
  )
  const single = database
    .prepare<[string, number], string>(
      `SELECT json FROM run WHERE repository_id = ? AND point_id IS NOT NULL AND ${ended} AND rowid > ? ORDER BY rowid`,
    )
    .pluck()
  const ofRepository = database.prepare<[string], PointRow>(
    `SELECT id, repository_id, arrival FROM point WHERE repository_id = ? AND machine_id <> '${catalogMachineId}'`,
  )
  const ofMachine = database.prepare<[string], PointRow>(
    'SELECT id, repository_id, arrival FROM point WHERE machine_id = ?',
  )

  function known(repositoryId: RepositoryId): Known {
    const newest = whole.get(repositoryId)
    const later = single.all(repositoryId, newest?.place ?? 0).map(toRun)
    return {
      whole: newest === undefined ? undefined : { ...verificationOf(toRun(newest.json)), arrivals: newest.arrivals },
      single: new Map(later.map((run) => [run.pointId ?? '', verificationOf(run)])),
    }
  }

  return {
    coverage(repositoryId: RepositoryId): Repository['coverage'] {
      const found = known(repositoryId)
      const proofs = ofRepository.all(repositoryId).flatMap((point) => proofOf(point, found))
      const oldestAt = proofs.reduce((oldest, { at }) => Math.min(oldest, at), Number.POSITIVE_INFINITY)
      return {
        verified: proofs.length,
        ...(proofs.length === 0 ? {} : { oldestAt }),
        damaged: proofs.filter(({ damaged }) => damaged).map(({ pointId }) => pointId),
      }
    },
    proofs(machineId: MachineId): readonly Proof[] {
      const points = ofMachine.all(machineId)
      const repositories = new Set(points.map((point) => point.repository_id))
      const found = new Map([...repositories].map((id) => [id, known(id)]))
      return bestOfEach(points.flatMap((point) => proofOf(point, found.get(point.repository_id))))
    },
  }
}

/** Of a point that lies in several repositories what shows best that it can be relied on: a whole copy, then the newest look. */
function bestOfEach(proofs: readonly Proof[]): readonly Proof[] {
  const best = new Map<PointId, Proof>()
  for (const proof of proofs) {
    const known = best.get(proof.pointId)
    const isBetter = known === undefined || (known.damaged === proof.damaged ? proof.at > known.at : known.damaged)
    if (isBetter) best.set(proof.pointId, proof)
  }
  return [...best.values()]
}

function toRun(json: unknown): Run {
  return JSON.parse(String(json)) as Run
}

/** A verification that went on with one that was cut off is as old as the oldest of what it did not read again. */
function verificationOf({ endedAt, report }: Run): Verification {
  const damaged = new Set(report?.damaged.flatMap(({ points }) => points))
  return { at: report?.since ?? endedAt ?? 0, bytes: report?.bytesRead ?? 0, damaged }
}

function proofOf({ id, arrival }: PointRow, known: Known | undefined): readonly Proof[] {
  const isWithin = known?.whole !== undefined && arrival <= known.whole.arrivals
  const verification = known?.single.get(id) ?? (isWithin ? known.whole : undefined)
  if (verification === undefined) return []
  const { at, bytes, damaged } = verification
  return [{ kind: 'verify', pointId: id, at, bytes, damaged: damaged.has(id) }]
}
