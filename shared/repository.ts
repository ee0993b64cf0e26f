import * as z from 'zod/mini'
import { failureCodes } from './failure.ts'

export const repositoryId = z.string().check(z.regex(/^[0-9a-f]{32}$/))
export type RepositoryId = z.infer<typeof repositoryId>

/** PEM text, or the SHA-256 of a certificate, in hex. */
const pem = z.string().check(z.minLength(1), z.maxLength(65_536))

/** A bucket of AWS or of any compatible store. Keys of the account never stand in an address. */
export const s3Address = z.object({
  kind: z.literal('s3'),
  /** `https://host[:port]`, plain http only to loopback; AWS itself when absent. */
  endpoint: z.optional(z.string().check(z.minLength(1), z.maxLength(1024))),
  region: z.string().check(z.regex(/^[a-z0-9-]{1,64}$/)),
  bucket: z.string().check(z.regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/)),
  /** Empty, or segments that end with `/`. */
  prefix: z.string().check(z.regex(/^([A-Za-z0-9][A-Za-z0-9._-]{0,127}\/){0,8}$/)),
  /** `endpoint/bucket/key` instead of `bucket.endpoint/key`. */
  pathStyle: z.boolean(),
  /** Trusted beside the system's own authorities. */
  ca: z.optional(pem),
  /** Only this certificate, whoever signed it. */
  fingerprint: z.optional(z.string().check(z.regex(/^[0-9a-f]{64}$/))),
})
export type S3Address = z.infer<typeof s3Address>

export const storeAddress = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('folder'), folder: z.string().check(z.minLength(1), z.maxLength(4096)) }),
  s3Address,
])
export type StoreAddress = z.infer<typeof storeAddress>

/** An account of an S3 store; rests with the keys of repositories, never in the catalog. */
export const credentials = z.object({
  accessKeyId: z.string().check(z.minLength(1), z.maxLength(256)),
  secretAccessKey: z.string().check(z.minLength(1), z.maxLength(1024)),
  sessionToken: z.optional(z.string().check(z.minLength(1), z.maxLength(8192))),
})
export type Credentials = z.infer<typeof credentials>

/** What a store was seen to do when it was tried; nothing else is relied on. */
export const storeProbe = z.object({
  at: z.number(),
  /** Of eight that created one object at once exactly one did. Without it the ledger is not safe and nothing is created. */
  exclusive: z.boolean(),
  /** What became of an object that was sent with a wrong SHA-256. */
  checksum: z.enum(['refused', 'accepted']),
  versioning: z.enum(['on', 'off', 'unknown']),
  /** `enforced`: a locked object was seen to withstand its deletion. `offered`: the bucket takes locks and does not keep them. */
  lock: z.enum(['enforced', 'offered', 'none']),
  /** What was put was listed. */
  listing: z.boolean(),
  /** These credentials may remove. False with append-only credentials: retention then frees nothing. */
  removal: z.boolean(),
  /** The store's clock minus this machine's. */
  skewMs: z.number(),
})
export type StoreProbe = z.infer<typeof storeProbe>

/** New objects cannot be deleted for so many days, by nobody (`compliance`) or only by those whom the account lets (`governance`). */
export const lockRule = z.object({
  mode: z.enum(['governance', 'compliance']),
  days: z.number().check(z.int(), z.minimum(1), z.maximum(36_500)),
})
export type LockRule = z.infer<typeof lockRule>

/** What a look at every object showed: when the first byte of a point could be deleted. */
export const lockTruth = z.object({
  at: z.number(),
  /** The earliest of all points; absent when some object is not locked at all. */
  until: z.optional(z.number()),
  objects: z.number(),
  /** Objects that a point needs and that nothing protected when they were looked at; those that could be locked were. */
  unlocked: z.number(),
  /** Of the locked object whose deletion is tried each time. */
  canary: z.enum(['refused', 'deleted', 'untried']),
})
export type LockTruth = z.infer<typeof lockTruth>

/** What 3-2-1 counts: on what kind of medium it lies, and where. A person says it. */
export const place = z.object({
  medium: z.enum(['disk', 'nas', 'object-store', 'removable', 'tape']),
  site: z.string().check(z.maxLength(200)),
})
export type Place = z.infer<typeof place>

/** A way to open a repository. */
export const keySlot = z.object({
  /** SHA-256 of the slot, 64 hex digits. */
  id: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  kind: z.enum(['passphrase', 'recovery-words', 'public-key']),
  /** It cannot be read any more. */
  damaged: z.boolean(),
})
export type KeySlot = z.infer<typeof keySlot>

export const repository = z.object({
  id: repositoryId,
  address: storeAddress,
  state: z.enum(['open', 'locked', 'unreachable']),
  /** Why it is not open, or what is wrong with it: what is known in every language, and what was said. */
  problemCode: z.optional(z.enum(failureCodes)),
  problem: z.optional(z.string()),
  points: z.number(),
  chunks: z.optional(z.number()),
  storedBytes: z.optional(z.number()),
  /** Bytes of the stored chunks before compression. */
  rawBytes: z.optional(z.number()),
  /** Sum of what the points hold, as their machines see it: each point counted whole. */
  pointBytes: z.optional(z.number()),
  /** Of the folder's file system. */
  freeBytes: z.optional(z.number()),
  totalBytes: z.optional(z.number()),
  /** How many of the points had their data read back since they were made, when the oldest of these was, and which failed. */
  coverage: z.object({
    verified: z.number(),
    oldestAt: z.optional(z.number()),
    damaged: z.array(z.string()),
  }),
  /** Nothing can be written to it; why, in one sentence. */
  readOnly: z.optional(z.string()),
  /** End of the last finished data verification. */
  verifiedAt: z.optional(z.number()),
  /** What the store was seen to do; absent for folders. */
  probe: z.optional(storeProbe),
  lock: z.optional(lockRule),
  lockTruth: z.optional(lockTruth),
  place: z.optional(place),
  /** Points that were deleted and can still be brought back. */
  trashed: z.optional(z.number()),
  /** Of what no point needs any more and the next sweeps will remove. */
  unneededBytes: z.optional(z.number()),
  /** End of the last finished sweep. */
  sweptAt: z.optional(z.number()),
  /** Times that keys for new data were renewed, plus one. */
  epoch: z.optional(z.number()),
})
export type Repository = z.infer<typeof repository>

/** An address for people: the folder, or the bucket as `s3://bucket/prefix`. */
export function addressText(address: StoreAddress): string {
  return address.kind === 'folder' ? address.folder : `s3://${address.bucket}/${address.prefix}`
}
