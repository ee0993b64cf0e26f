import * as z from 'zod/mini'
import { machineId } from './machine.ts'
import { pointId } from './point.ts'

/** What shows that a point can be relied on: it was restored, or its bytes were read back and compared. */
export const proof = z.object({
  kind: z.enum(['restore', 'verify']),
  pointId,
  at: z.number(),
  /** Restore: how long it took. */
  seconds: z.optional(z.number()),
  bytes: z.number(),
  /** Verify: the point could not be read whole. */
  damaged: z.boolean(),
})
export type Proof = z.infer<typeof proof>

/** A moment at which a machine went back in time: what it has been since grows from there. */
export const turn = z.object({
  at: z.number(),
  to: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('snapshot'), name: z.string() }),
    z.object({ kind: z.literal('point'), pointId }),
  ]),
})
export type Turn = z.infer<typeof turn>

/** How the backups of one day went for one machine. */
export const dayResult = z.enum(['none', 'good', 'warning', 'failed'])
export type DayResult = z.infer<typeof dayResult>

/** The newest whole restore of a machine that went well: the proven time to get it back. */
export const recovery = z.object({ machineId, pointId, at: z.number(), seconds: z.number(), bytes: z.number() })
export type Recovery = z.infer<typeof recovery>
