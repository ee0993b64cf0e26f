import * as z from 'zod/mini'
import { machineId } from './machine.ts'

export const pointId = z.string().check(z.regex(/^[0-9a-f]{32}$/))
export type PointId = z.infer<typeof pointId>

export const methods = ['full', 'incremental', 'differential'] as const
/** What was asked to be read: everything, what changed since the last point, what changed since the last full. */
export const method = z.enum(methods)
export type Method = z.infer<typeof method>

/** What a guest finds after booting the point: as after a power cut, or with file systems quiesced, or switched off cleanly. */
export const consistency = z.enum(['crash', 'file-system', 'off'])
export type Consistency = z.infer<typeof consistency>

/** How a disk was read: every allocated range, only what a dirty bitmap names, or all and compared with the stored chunks. */
export const how = z.enum(['full', 'bitmap', 'compare'])
export type How = z.infer<typeof how>

/** Why it was read that way. The window has a sentence for each in every language. */
export const causes = [
  'bitmap-usable',
  'first-point',
  'asked-full',
  'bitmap-broken',
  'checkpoint-missing',
  'checkpoint-forked',
  'base-point-missing',
  'disk-added',
  'format-without-bitmaps',
  'qcow2-version-2',
  'image-folder',
  'machine-off',
  'machine-transient',
  'size-shrunk',
] as const
export const cause = z.enum(causes)
export type Cause = z.infer<typeof cause>

export const diskReading = z.object({
  name: z.string(),
  how,
  cause,
  /** The cause as one English sentence. */
  why: z.string(),
})
export type DiskReading = z.infer<typeof diskReading>

export const pointDisk = z.object({
  ...diskReading.shape,
  sizeBytes: z.number(),
  bytesRead: z.number(),
  /** Format of the disk on its host when it was backed up. */
  format: z.string(),
})
export type PointDisk = z.infer<typeof pointDisk>

export const point = z.object({
  id: pointId,
  repositoryId: z.string(),
  machineId,
  machineName: z.string(),
  /** Milliseconds since 1970 on the clock of the machine that made the point: the moment the guest's disks stood still. */
  createdAt: z.number(),
  method,
  consistency,
  /** How long the guest's file systems were frozen; absent when they were not. */
  freezeMs: z.optional(z.number()),
  disks: z.array(pointDisk),
  bytesRead: z.number(),
  bytesSent: z.number(),
  bytesStored: z.number(),
  /** Words that a person gave it; retention may keep points by them. */
  labels: z.optional(z.array(z.string())),
  /** Other repositories that hold it too. */
  copies: z.optional(z.array(z.string())),
  /** When the first byte of it could be deleted, as its store was last seen to say; absent when it is not locked. */
  lockedUntil: z.optional(z.number()),
  /** What a restore should know: NVRAM that could not be read, a disk left out. One sentence each. */
  warnings: z.array(z.string()),
})
export type Point = z.infer<typeof point>
