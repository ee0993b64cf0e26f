import * as z from 'zod/mini'
import { failureCodes } from './failure.ts'

export const repositoryId = z.string().check(z.regex(/^[0-9a-f]{32}$/))
export type RepositoryId = z.infer<typeof repositoryId>

export const storeAddress = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('folder'), folder: z.string().check(z.minLength(1), z.maxLength(4096)) }),
])
export type StoreAddress = z.infer<typeof storeAddress>

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
})
export type Repository = z.infer<typeof repository>
