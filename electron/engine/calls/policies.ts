import { randomBytes } from 'node:crypto'
import type { Argument, Handlers } from '../../../shared/contract.ts'
import { Failure } from '../../../shared/failure.ts'
import type { Policy, PolicyId } from '../../../shared/policy.ts'
import { nextStart } from '../../../shared/schedule.ts'
import type { PolicyRecord } from '../catalog/policies.ts'
import type { Rooms } from '../rooms.ts'
import { startPolicy } from './start-policy.ts'

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
      need(rooms, policyId)
      catalog.policies.remove(policyId)
      changed()
      return null
    },
    runPolicy: async ({ policyId, method }, signal) => startPolicy(rooms, need(rooms, policyId), method, signal),
  }
}

function save(rooms: Rooms, { policyId, wish }: Argument<'savePolicy'>): PolicyId {
  const { catalog, clock } = rooms
  if (catalog.repositories.get(wish.repositoryId) === undefined) {
    throw new Failure('repository-not-found', `No repository has the id ${wish.repositoryId}`)
  }
  const id = policyId === undefined ? randomBytes(16).toString('hex') : need(rooms, policyId).id
  catalog.policies.save(id, wish, clock.now())
  return id
}

function need({ catalog }: Rooms, policyId: PolicyId): PolicyRecord {
  const record = catalog.policies.get(policyId)
  if (record === undefined) throw new Failure('policy-not-found', `No policy has the id ${policyId}`)
  return record
}

function listed({ settledAt, ...policy }: PolicyRecord, now: number): Policy {
  const next = policy.enabled ? nextStart(policy.rules, Math.max(now, settledAt)) : undefined
  return next === undefined ? policy : { ...policy, nextAt: next.at }
}
