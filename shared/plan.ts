import * as z from 'zod/mini'
import { machineId } from './machine.ts'

/** Why something that is planned cannot be started as it stands. */
export const obstacles = [
  'machine-running',
  'machine-gone',
  'machine-busy',
  'name-taken',
  'host-unreachable',
  'folder-unusable',
  'files-exist',
  'no-space',
  'size-differs',
  'repository-not-open',
  'no-disk-left',
] as const
export const obstacle = z.enum(obstacles)
export type Obstacle = z.infer<typeof obstacle>

/** What a backup will probably take, told by what earlier ones took; a first one knows only the sizes of the disks. */
export const backupPlan = z.object({
  machines: z.array(
    z.object({
      machineId,
      basis: z.enum(['first', 'history', 'unknown']),
      bytesRead: z.number(),
      bytesStored: z.number(),
      obstacles: z.array(obstacle),
    }),
  ),
  /** At the rate measured in earlier runs; absent while there were none. */
  seconds: z.optional(z.number()),
  /** Free space where the repository lies; absent when it cannot be told. */
  freeBytes: z.optional(z.number()),
})
export type BackupPlan = z.infer<typeof backupPlan>

export const restorePlan = z.object({
  writes: z.array(
    z.object({
      disk: z.string(),
      /** File or device, as its host names it; absent while its place is the host's to choose. */
      path: z.optional(z.string()),
      sizeBytes: z.number(),
      overwrites: z.boolean(),
    }),
  ),
  /** What is written at most; in place only what differs is written. */
  bytes: z.number(),
  seconds: z.optional(z.number()),
  freeBytes: z.optional(z.number()),
  /** How to go back: remove what was made, or restore the point that is taken first. */
  undo: z.enum(['remove-machine', 'remove-files', 'undo-point']),
  obstacles: z.array(obstacle),
})
export type RestorePlan = z.infer<typeof restorePlan>
