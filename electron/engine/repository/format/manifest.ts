import * as z from 'zod/mini'
import { Failure } from '../../../../shared/failure.ts'
import { machineId } from '../../../../shared/machine.ts'
import { consistency, method, pointDisk, pointId } from '../../../../shared/point.ts'
import { hex32 } from './entry.ts'
import type { RepositoryKeys } from './key.ts'
import { objectTypes, openObject, sealObject } from './object.ts'

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
const manifest = z.object({
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
  /** This and `bytesStored` count what was put before the manifest itself. */
  bytesSent: count,
  bytesStored: count,
  warnings: z.array(z.string()),
})
export type Manifest = z.infer<typeof manifest>

export function sealManifest(keys: RepositoryKeys, salt: Uint8Array, value: Manifest): Uint8Array<ArrayBuffer> {
  return sealObject(keys, objectTypes.manifest, salt, Buffer.from(JSON.stringify(value)))
}

/** Fails with `object-damaged`, or with `format-unsupported` when a later version wrote what this cannot understand. */
export function openManifest(keys: RepositoryKeys, bytes: Uint8Array, name: string): Manifest {
  const plaintext = openObject(keys, objectTypes.manifest, bytes, name)
  const value = manifest.safeParse(JSON.parse(Buffer.from(plaintext).toString()))
  if (value.success) return value.data
  throw new Failure('format-unsupported', `${name} holds what this version does not understand`, { cause: value.error })
}

export function manifestPath(name: string): string {
  return `manifests/${name}`
}
