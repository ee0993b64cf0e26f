import { randomBytes } from 'node:crypto'
import type { Argument, Handlers } from '../../../shared/contract.ts'
import { Failure } from '../../../shared/failure.ts'
import type { Policy, PolicyId } from '../../../shared/policy.ts'
import { nextStart } from '../../../shared/schedule.ts'
import type { PolicyRecord } from '../catalog/policies.ts'
import type { Rooms } from '../rooms.ts'
import { startPolicy } from './start-policy.ts'
import { needPolicy } from './upkeep-orders.ts'

/** Policies: what is backed up when, where to, and for how long. `onSaved` is told that there may be other rules now. */
export function policyCalls(
  rooms: Rooms,
  onSaved: () => void,
): Pick<Handlers<AbortSignal>, 'listPolicies' | 'savePolicy' | 'removePolicy' | 'runPolicy'> {
  const { catalog, clock, options } = rooms
  const changed = (): void => {
    options.emit('policiesChanged', null)
    onSaved()
  }
  return {
    listPolicies: async () => catalog.policies.list().map((record) => listed(record, clock.now())),
    savePolicy: async (argument) => {
      const policyId = save(rooms, argument)
      changed()
      return { policyId }
    },
    removePolicy: async ({ policyId }) => {
      needPolicy(rooms, policyId)
      catalog.policies.remove(policyId)
      changed()
      return null
    },
    runPolicy: async ({ policyId, method }, signal) => startPolicy(rooms, needPolicy(rooms, policyId), method, signal),
  }
}

function save(rooms: Rooms, { policyId, wish }: Argument<'savePolicy'>): PolicyId {
  const { catalog, clock } = rooms
  for (const id of [wish.repositoryId, ...(wish.copies ?? [])]) {
    if (catalog.repositories.get(id) !== undefined) continue
    throw new Failure('repository-not-found', `No repository has the id ${id}`)
  }
  if (wish.copies?.includes(wish.repositoryId)) {
    throw new Failure('invalid-argument', 'The copies of a policy lie in other repositories than its points')
  }
  const id = policyId === undefined ? randomBytes(16).toString('hex') : needPolicy(rooms, policyId).id
  catalog.policies.save(id, wish, clock.now())
  return id
}

function listed({ settledAt, ...policy }: PolicyRecord, now: number): Policy {
  const next = policy.enabled ? nextStart(policy.rules, Math.max(now, settledAt)) : undefined
  return next === undefined ? policy : { ...policy, nextAt: next.at }
}
