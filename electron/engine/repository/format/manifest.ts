import * as z from 'zod/mini'
import { machineId } from '../../../../shared/machine.ts'
import { consistency, method, pointDisk, pointId } from '../../../../shared/point.ts'

const hex32 = z.string().check(z.regex(/^[0-9a-f]{64}$/))
const count = z.number().check(z.int(), z.minimum(0))

const attachment = z.object({
  role: z.enum(['nvram', 'tpm', 'kernel', 'initrd']),
  /** Where the file lay on its host; hostile input to a restore. */
  path: z.string(),
  sizeBytes: count,
  /** Ids of its chunks, in order. */
  chunks: z.array(hex32),
})

const disk = z.object({
  ...pointDisk.shape,
  /** Id of the top page of the map; it commits to every chunk below it, so it is the disk's Merkle root too. 64 zeroes for an all-zero disk. */
  mapRoot: hex32,
})

/** One per point, JSON in UTF-8 inside a sealed object (FORMAT.md). Unknown fields of later minor versions are kept out of the way. */
export const manifest = z.object({
  version: z.literal(1),
  pointId,
  machineId,
  machineName: z.string(),
  createdAt: count,
  method,
  consistency,
  freezeMs: z.optional(z.number()),
  checkpoint: z.optional(z.string()),
  definition: z.optional(z.string()),
  attachments: z.array(attachment),
  disks: z.array(disk),
  bytesRead: count,
  bytesSent: count,
  bytesStored: count,
  warnings: z.array(z.string()),
})
export type Manifest = z.infer<typeof manifest>
