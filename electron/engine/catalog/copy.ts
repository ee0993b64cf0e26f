import { readFileSync } from 'node:fs'
import * as z from 'zod/mini'
import { Failure } from '../../../shared/failure.ts'
import { hostAddress, hostId, machineId } from '../../../shared/machine.ts'
import { pins, policyId, policyWish } from '../../../shared/policy.ts'
import { lockTruth, place, repositoryId, storeAddress, storeProbe } from '../../../shared/repository.ts'
import { writeDurably } from '../base/durable-file.ts'
import { changedSettings } from './settings.ts'

const addresses = {
  hosts: z.array(z.object({ id: hostId, address: hostAddress, name: z.string() })),
  repositories: z.array(
    z.object({
      id: repositoryId,
      address: storeAddress,
      seen: z.optional(z.object({ number: z.number(), hash: z.string() })),
      verifiedAt: z.optional(z.number()),
      facts: z.optional(
        z.object({
          probe: z.optional(storeProbe),
          place: z.optional(place),
          lockTruth: z.optional(lockTruth),
          sweptAt: z.optional(z.number()),
        }),
      ),
    }),
  ),
}

const policyRecord = z.object({
  ...policyWish.shape,
  id: policyId,
  createdAt: z.number(),
  settledAt: z.number(),
  lastAt: z.optional(z.number()),
  problem: z.optional(z.string()),
})

const copy = z.object({
  version: z.literal(2),
  ...addresses,
  policies: z.array(policyRecord),
  pins,
  settings: changedSettings,
  /** Absent in copies of before files were indexed. */
  unindexed: z.optional(z.array(machineId)),
})

/** Before there were policies. */
const firstCopy = z.object({ version: z.literal(1), ...addresses })

/** What a lost catalog cannot learn from the repositories: what a person told this console. */
export type Copy = z.infer<typeof copy>

/** Undefined when there is none, or none that can be understood: a catalog then starts empty. */
export function readCopy(path: string): Copy | undefined {
  try {
    const found: unknown = JSON.parse(readFileSync(path, 'utf8'))
    const first = firstCopy.safeParse(found)
    if (first.success) return { ...first.data, version: 2, policies: [], pins: [], settings: {} }
    return copy.safeParse(found).data
  } catch (thrown) {
    if (thrown instanceof SyntaxError || (thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw thrown
  }
}

/** Fails with `catalog-failed` where the place refuses. */
export function writeCopy(path: string, content: Omit<Copy, 'version'>): void {
  const bytes = Buffer.from(`${JSON.stringify({ version: 2, ...content }, undefined, 2)}\n`)
  try {
    writeDurably(path, bytes, 0o600)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Failure('catalog-failed', `The copy beside the catalog could not be written: ${why}`, { cause })
  }
}
