import * as z from 'zod/mini'
import { wireFailure } from './failure.ts'
import { machineId } from './machine.ts'
import { diskReading, pointId } from './point.ts'

export const runId = z.string().check(z.regex(/^[0-9a-f]{32}$/))
export type RunId = z.infer<typeof runId>

/** Where the time goes now. */
export const bottleneck = z.enum(['source', 'processing', 'repository', 'target'])
export type Bottleneck = z.infer<typeof bottleneck>

export const progress = z.object({
  /** What is to be read or restored; grows while disks are being looked at. */
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

/** What a data verification found. */
export const verifyReport = z.object({
  objects: z.number(),
  chunks: z.number(),
  bytesRead: z.number(),
  /** Each damaged or missing object with what it is, and the points that cannot be restored whole because of it. */
  damaged: z.array(z.object({ object: z.string(), problem: z.string(), points: z.array(pointId) })),
})
export type VerifyReport = z.infer<typeof verifyReport>

export const runKinds = ['backup', 'restore', 'verify'] as const
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
  /** What a restore made: the new machine, or the image files. */
  target: z.optional(z.string()),
  queuedAt: z.number(),
  endedAt: z.optional(z.number()),
  progress,
  /** Backup: how each disk was read, known as soon as the session with the hypervisor stands. */
  disks: z.array(diskReading),
  report: z.optional(verifyReport),
  failure: z.optional(wireFailure),
  warnings: z.array(z.string()),
})
export type Run = z.infer<typeof run>

export function isEnded(state: Run['state']): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled'
}
