import type { Database } from 'better-sqlite3'
import type { Proof, Recovery, Turn } from '../../../shared/history.ts'
import type { Run } from '../../../shared/job.ts'
import type { MachineId } from '../../../shared/machine.ts'
import type { Repository, RepositoryId } from '../../../shared/repository.ts'
import { backupDays, type Days } from './days.ts'
import { verifications } from './verifications.ts'

/** What the runs that went well prove, read from their records. Lists are newest first. */
export type History = {
  /** Of the points that this catalog knows: how many were read back by a verification, damaged ones among them. */
  coverage(repositoryId: RepositoryId): Repository['coverage']
  /** Of each point of the machine the newest verification, and every restore of all its disks. */
  proofs(machineId: MachineId): readonly Proof[]
  /** One for each machine. A restore in place is none: it writes only what differs. */
  recoveries(): readonly Recovery[]
  turns(machineId: MachineId): readonly Turn[]
  /** The worst result of each day between neighbouring `starts` (ascending); a cancelled backup says nothing. */
  days(starts: readonly number[]): readonly Days[]
}

export function historyOf(database: Database): History {
  const verified = verifications(database)
  const restores = database
    .prepare<[string], string>(
      `SELECT run.json FROM run JOIN (SELECT DISTINCT id FROM point WHERE machine_id = ?) AS own ON run.point_id = own.id
       WHERE run.kind = 'restore' AND run.state = 'done'`,
    )
    .pluck()
  const allRestores = database.prepare<[], { readonly json: string; readonly machine_id: string }>(
    `SELECT run.json, point.machine_id FROM run JOIN point ON point.id = run.point_id
     WHERE run.kind = 'restore' AND run.state = 'done' ORDER BY run.ended_at DESC, run.rowid DESC`,
  )
  const turning = database
    .prepare<[string], string>(
      `SELECT json FROM run
       WHERE machine_id = ? AND kind IN ('snapshot-revert', 'restore') AND state = 'done'`,
    )
    .pluck()
  return {
    coverage: verified.coverage,
    proofs: (machineId) =>
      [...verified.proofs(machineId), ...restores.all(machineId).map(toRun).flatMap(proofOf)].sort(newestFirst),
    recoveries: () => newestOfEach(allRestores.all().flatMap((row) => recoveryOf(toRun(row.json), row.machine_id))),
    turns: (machineId) => turning.all(machineId).map(toRun).flatMap(turnOf).sort(newestFirst),
    days: backupDays(database),
  }
}

function toRun(json: unknown): Run {
  return JSON.parse(String(json)) as Run
}

function newestFirst(one: { readonly at: number }, other: { readonly at: number }): number {
  return other.at - one.at
}

function proofOf(run: Run): readonly Proof[] {
  const { pointId, endedAt, partial, progress } = run
  if (pointId === undefined || endedAt === undefined || partial === true) return []
  const seconds = secondsOf(run)
  const took = seconds === undefined ? {} : { seconds }
  return [{ kind: 'restore', pointId, at: endedAt, ...took, bytes: progress.bytesWritten, damaged: false }]
}

function recoveryOf(run: Run, machineId: MachineId): readonly Recovery[] {
  const seconds = secondsOf(run)
  const isWhole = run.partial !== true && (run.targetKind === 'new-machine' || run.targetKind === 'images')
  const { pointId, endedAt, progress } = run
  if (!isWhole || pointId === undefined || endedAt === undefined || seconds === undefined) return []
  return [{ machineId, pointId, at: endedAt, seconds, bytes: progress.bytesWritten }]
}

/** Undefined when the clock was turned back meanwhile: such a figure would prove nothing. */
function secondsOf({ startedAt, queuedAt, endedAt }: Run): number | undefined {
  const ms = (endedAt ?? 0) - (startedAt ?? queuedAt)
  return ms < 0 ? undefined : ms / 1000
}

function newestOfEach(recoveries: readonly Recovery[]): readonly Recovery[] {
  const newest = new Map<MachineId, Recovery>()
  for (const recovery of recoveries) if (!newest.has(recovery.machineId)) newest.set(recovery.machineId, recovery)
  return [...newest.values()]
}

/** A restore of only some disks turns no machine: the others went on. */
function turnOf(run: Run): readonly Turn[] {
  const { kind, endedAt: at, snapshot, pointId, targetKind, partial } = run
  if (at === undefined) return []
  if (kind === 'snapshot-revert' && snapshot !== undefined) return [{ at, to: { kind: 'snapshot', name: snapshot } }]
  const isTurn = kind === 'restore' && targetKind === 'in-place' && partial !== true && pointId !== undefined
  return isTurn ? [{ at, to: { kind: 'point', pointId } }] : []
}
