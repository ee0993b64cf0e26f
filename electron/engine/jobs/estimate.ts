import type { Run } from '../../../shared/job.ts'
import type { BackupPlan } from '../../../shared/plan.ts'
import type { Method, Point } from '../../../shared/point.ts'

/** So many newest backups tell what the next one takes. */
const samples = 3
const measuredRuns = 10

/** Guests' data shrinks to about half by the fast compression that is used, where nothing was measured yet. */
const usualRatio = 0.5

export type BackupFacts = {
  /** Those that are to be read. */
  readonly disks: readonly { readonly name: string; readonly sizeBytes?: number | undefined }[]
  /** Of the machine in the repository, newest first. */
  readonly points: readonly Point[]
  readonly method: Method
  /** Stored bytes for each byte of chunks, as the repository measured it. */
  readonly ratio: number | undefined
}

type Estimate = Pick<BackupPlan['machines'][number], 'basis' | 'bytesRead' | 'bytesStored'>

/**
 * What the next backup of one machine will probably take. What is read depends on the method; what is stored does not: chunks
 * that the repository has are recognised, however they were found. A first backup knows only the sizes of the disks, which it
 * never exceeds; one whose method was not used yet is told as the last that read everything, the most that it can be.
 */
export function estimateBackup({ disks, points, method, ratio = usualRatio }: BackupFacts): Estimate {
  const known = new Set(points[0]?.disks.map(({ name }) => name))
  const fresh = sum(disks.filter(({ name }) => !known.has(name)).map(({ sizeBytes }) => sizeBytes ?? 0))
  const freshStored = Math.round(fresh * ratio)
  if (points.length === 0) return { basis: 'first', bytesRead: fresh, bytesStored: freshStored }
  const names = new Set(disks.map(({ name }) => name))
  const later = points.slice(0, -1)
  const whole = points.filter((point) => point.disks.every(({ how }) => how !== 'bitmap')).slice(0, 1)
  const alike = method === 'full' ? whole : later.filter((point) => point.method === method).slice(0, samples)
  const read = alike.length > 0 ? alike : whole
  const stored = later.length > 0 ? later.slice(0, samples) : points
  return {
    basis: alike.length > 0 ? 'history' : 'unknown',
    bytesRead: fresh + mean(read.map((point) => readOf(point, names))),
    bytesStored: freshStored + mean(stored.map((point) => storedOf(point, names))),
  }
}

function readOf({ disks }: Point, names: ReadonlySet<string>): number {
  return sum(disks.filter(({ name }) => names.has(name)).map(({ bytesRead }) => bytesRead))
}

/** A point counts what it stored over all disks: each has the share that it has of what was read. */
function storedOf(point: Point, names: ReadonlySet<string>): number {
  return point.bytesRead === 0 ? point.bytesStored : (point.bytesStored * readOf(point, names)) / point.bytesRead
}

/** Bytes per second of the newest runs that were done, the middle one of ten; undefined while there were none. */
export function measuredRate(runs: readonly Run[], bytesOf: (run: Run) => number | undefined): number | undefined {
  const rates = runs.filter(({ state }) => state === 'done').flatMap((run) => rateOf(run, bytesOf(run)))
  const newest = rates.slice(0, measuredRuns).sort((a, b) => a - b)
  return newest[Math.floor(newest.length / 2)]
}

function rateOf({ startedAt, endedAt }: Run, bytes = 0): readonly number[] {
  const seconds = ((endedAt ?? 0) - (startedAt ?? 0)) / 1000
  return startedAt === undefined || seconds <= 0 || bytes <= 0 ? [] : [bytes / seconds]
}

/** Whole seconds, rounded up; undefined without a rate. */
export function secondsFor(bytes: number, rate: number | undefined): number | undefined {
  return rate === undefined ? undefined : Math.ceil(bytes / rate)
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : Math.round(sum(values) / values.length)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
