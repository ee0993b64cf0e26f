import * as z from 'zod/mini'
import { machineId } from './machine.ts'
import { method, pointId } from './point.ts'
import { repositoryId } from './repository.ts'

export const policyId = z.string().check(z.regex(/^[0-9a-f]{32}$/))
export type PolicyId = z.infer<typeof policyId>

/** Days of the week as `Date` counts them: 0 is Sunday. */
const weekday = z.number().check(z.int(), z.minimum(0), z.maximum(6))

/** When a policy runs, in the local time of the machine on which the engine runs. */
export const rule = z.object({
  method,
  /** Which days: every one, some of the week, one of the month (the last, where the month is shorter). */
  on: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('every-day') }),
    z.object({ kind: z.literal('weekdays'), days: z.array(weekday).check(z.minLength(1), z.maxLength(7)) }),
    z.object({ kind: z.literal('month-day'), day: z.number().check(z.int(), z.minimum(1), z.maximum(31)) }),
  ]),
  hour: z.number().check(z.int(), z.minimum(0), z.maximum(23)),
  minute: z.number().check(z.int(), z.minimum(0), z.maximum(59)),
})
export type Rule = z.infer<typeof rule>

const count = z.number().check(z.int(), z.minimum(0), z.maximum(10_000))

/** How many points of a machine are worth keeping, by age; see `retention.ts`. All zero keeps everything. */
export const retention = z.object({
  last: count,
  hourly: count,
  daily: count,
  weekly: count,
  monthly: count,
  yearly: count,
  /** Points that carry one of these words stay. */
  labels: z.optional(z.array(z.string().check(z.minLength(1), z.maxLength(64))).check(z.maxLength(20))),
  /** However old they are, so many newest points stay. */
  minimum: z.number().check(z.int(), z.minimum(1), z.maximum(10_000)),
})
export type Retention = z.infer<typeof retention>

/** What a person decides about a policy. */
export const policyWish = z.object({
  name: z.string().check(z.minLength(1), z.maxLength(200)),
  /** Off: its rules wait; "run now" works. */
  enabled: z.boolean(),
  machineIds: z.array(machineId).check(z.maxLength(10_000)),
  /** Disks that are left out, by machine. */
  excluded: z.array(z.object({ machineId, disk: z.string().check(z.minLength(1), z.maxLength(1024)) })),
  /** Ask the guest's agent to quiesce its file systems. */
  freeze: z.boolean(),
  repositoryId,
  /** None: only when somebody says "run now". */
  rules: z.array(rule).check(z.maxLength(50)),
  retention,
  /** Points that retention does not keep are deleted; otherwise it only says which it would keep. */
  enact: z.optional(z.boolean()),
  /** Repositories to which each new point is copied. */
  copies: z.optional(z.array(repositoryId).check(z.maxLength(10))),
  /** The data of the repository and of its copies is read back so often; never when absent. */
  verifyEveryDays: z.optional(z.number().check(z.int(), z.minimum(1), z.maximum(3660))),
})
export type PolicyWish = z.infer<typeof policyWish>

export const policy = z.object({
  ...policyWish.shape,
  id: policyId,
  createdAt: z.number(),
  /** When its rules started it last. */
  lastAt: z.optional(z.number()),
  /** When its rules will start it next. */
  nextAt: z.optional(z.number()),
  /** Set when a start was due and nothing could be started, in one sentence, until a later start goes well. */
  problem: z.optional(z.string()),
})
export type Policy = z.infer<typeof policy>

/** Points that a person wants kept whatever the retention says. */
export const pins = z.array(pointId)
