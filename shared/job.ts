import * as z from 'zod/mini'
import { wireFailure } from './failure.ts'
import { fileReport } from './files.ts'
import { machineId } from './machine.ts'
import { diskReading, pointId } from './point.ts'
import { lockTruth } from './repository.ts'

export const runId = z.string().check(z.regex(/^[0-9a-f]{32}$/))
export type RunId = z.infer<typeof runId>

/** Where the time goes now. */
export const bottleneck = z.enum(['source', 'processing', 'repository', 'target'])
export type Bottleneck = z.infer<typeof bottleneck>

export const progress = z.object({
  /** What is to be read and written; grows while disks are being looked at. Done of it is `bytesRead + bytesWritten`. */
  bytesTotal: z.number(),
  bytesRead: z.number(),
  bytesSent: z.number(),
  bytesStored: z.number(),
  /** Written to a restore's target. */
  bytesWritten: z.number(),
  bytesPerSecond: z.number(),
  secondsLeft: z.optional(z.number()),
  bottleneck: z.optional(bottleneck),
})
export type Progress = z.infer<typeof progress>

/** How much of `bytesTotal` is done: what is read and what is written count alike, as rate and time left do. */
export function bytesDone({ bytesRead, bytesWritten }: Progress): number {
  return bytesRead + bytesWritten
}

/** What a data verification found. */
export const verifyReport = z.object({
  /** Points whose data was to be read; absent in records of before it was counted. */
  points: z.optional(z.number()),
  objects: z.number(),
  chunks: z.number(),
  bytesRead: z.number(),
  /** It went on with verifications that were cut off: when the oldest of what they had read was read. */
  since: z.optional(z.number()),
  /** Each damaged or missing object with what it is, and the points that cannot be restored whole because of it. */
  damaged: z.array(z.object({ object: z.string(), problem: z.string(), points: z.array(pointId) })),
  /** Packs that are damaged or missing and that no point needs, in the trash or out of it: they wait for a sweep. */
  unneeded: z.optional(z.array(z.object({ object: z.string(), problem: z.string() }))),
})
export type VerifyReport = z.infer<typeof verifyReport>

/** What a sweep did. Marked objects are removed by a later sweep, when it is sure that nobody needs them. */
export const sweepReport = z.object({
  /** Points whose time in the trash was over. */
  purged: z.number(),
  /** Objects that no point needs, marked this time, and all of their bytes. */
  marked: z.number(),
  markedBytes: z.number(),
  /** Marked objects that a point needs again. */
  revived: z.number(),
  removed: z.number(),
  removedBytes: z.number(),
  /** Objects whose store does not let them go yet. */
  locked: z.number(),
  /** Packs that were mostly waste, and what was written of them anew. */
  repacked: z.number(),
  repackedBytes: z.number(),
})
export type SweepReport = z.infer<typeof sweepReport>

export const runKinds = [
  'backup',
  'restore',
  'verify',
  'copy',
  'mend',
  'retention',
  'sweep',
  'lock',
  'files',
  'index',
  'snapshot-create',
  'snapshot-revert',
  'snapshot-delete',
] as const
export const runStates = ['queued', 'running', 'cancelling', 'done', 'failed', 'cancelled'] as const

export const run = z.object({
  id: runId,
  kind: z.enum(runKinds),
  state: z.enum(runStates),
  machineId: z.optional(machineId),
  machineName: z.optional(z.string()),
  repositoryId: z.optional(z.string()),
  /** The point that was made, restored or verified. */
  pointId: z.optional(pointId),
  /** Copy and mend: where from. */
  sourceId: z.optional(z.string()),
  /** What a restore made: the new machine, or the image files. */
  target: z.optional(z.string()),
  /** A snapshot's own name, for the kinds that are about one. */
  snapshot: z.optional(z.string()),
  /** Restore, also of files: where to. */
  targetKind: z.optional(z.enum(['images', 'new-machine', 'in-place', 'folder', 'machine', 'shelf'])),
  /** Restore: only some of the point's disks were asked for. */
  partial: z.optional(z.boolean()),
  /** Restore in place: the point that was taken of the machine first. Restoring it undoes the run. */
  undoPointId: z.optional(pointId),
  /** The policy whose rules or "run now" started it. */
  policyId: z.optional(z.string()),
  /** A person stopped it for a while; its state stays what it is. */
  paused: z.optional(z.boolean()),
  queuedAt: z.number(),
  startedAt: z.optional(z.number()),
  endedAt: z.optional(z.number()),
  progress,
  /** Backup: how each disk was read, known as soon as the session with the hypervisor stands. */
  disks: z.array(diskReading),
  report: z.optional(verifyReport),
  sweep: z.optional(sweepReport),
  lock: z.optional(lockTruth),
  /** Files: what was written. */
  files: z.optional(fileReport),
  /** Retention: points that went to the trash. Mend: chunks that were stored anew. Copy: points that were copied. Index: points that were read. */
  count: z.optional(z.number()),
  failure: z.optional(wireFailure),
  warnings: z.array(z.string()),
})
export type Run = z.infer<typeof run>

export function isEnded(state: Run['state']): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled'
}
