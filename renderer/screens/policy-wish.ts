import type { Policy, PolicyWish } from '../../shared/policy.ts'

/** What `policy` says now, to save it again with a change. */
export function wishOfPolicy(policy: Policy, change: Partial<PolicyWish> = {}): PolicyWish {
  const { id: _, createdAt, lastAt, nextAt, problem, ...wish } = policy
  return { ...wish, ...change }
}

/** The machines of `policy` and `added`, each once; undefined when it has all of them already. */
export function withMachines(policy: Policy, added: readonly string[]): PolicyWish | undefined {
  const machineIds = [...new Set([...policy.machineIds, ...added])]
  return machineIds.length === policy.machineIds.length ? undefined : wishOfPolicy(policy, { machineIds })
}
