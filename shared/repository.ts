import * as z from 'zod/mini'

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
  /** Why it is not open, in one sentence. */
  problem: z.optional(z.string()),
  points: z.number(),
  chunks: z.optional(z.number()),
  storedBytes: z.optional(z.number()),
  /** End of the last finished data verification. */
  verifiedAt: z.optional(z.number()),
})
export type Repository = z.infer<typeof repository>
