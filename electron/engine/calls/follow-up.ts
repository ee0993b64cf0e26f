import { Failure } from '../../../shared/failure.ts'
import type { Run } from '../../../shared/job.ts'
import type { PolicyRecord } from '../catalog/policies.ts'
import type { Order } from '../jobs/order.ts'
import type { Rooms } from '../rooms.ts'
import { copyOrder, retentionOrder } from './upkeep-orders.ts'

/**
 * What comes after a run of a policy: its point is copied to where the policy wants it, and when nothing of the policy is
 * under way any more, retention is enacted. Never fails: it is told of ends.
 */
export function followUp(rooms: Rooms, run: Run): void {
  const { policyId, failure } = run
  // Whoever died may have been followed by another process already.
  if (policyId === undefined || failure?.code === 'engine-died' || run.state === 'cancelled') return
  try {
    const policy = rooms.catalog.policies.get(policyId)
    if (policy !== undefined) for (const order of next(rooms, policy, run)) rooms.runner.start(order)
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'engine-died') return
    rooms.options.log.error('What follows a run could not be started', { run: run.id, problem: String(thrown) })
  }
}

function next(rooms: Rooms, policy: PolicyRecord, run: Run): readonly Order[] {
  if (run.kind !== 'backup' && run.kind !== 'copy') return []
  const copies = copiesOf(rooms, policy, run)
  if (copies.length > 0 || policy.enact !== true || isUnderWay(rooms, policy, run)) return copies
  const name = retentionClaim(policy)
  rooms.catalog.claims.claim(name, rooms.catalog.claims.at(name), rooms.clock.now())
  return [retentionOrder(rooms, policy)]
}

/** The name under which retention is begun once a day. */
export function retentionClaim({ id }: PolicyRecord): string {
  return `retention ${id}`
}

function copiesOf(rooms: Rooms, { copies = [], id: policyId }: PolicyRecord, run: Run): readonly Order[] {
  const { kind, state, repositoryId: from, pointId, machineId, machineName } = run
  if (kind !== 'backup' || state !== 'done' || from === undefined || pointId === undefined) return []
  const facts = {
    pointId,
    policyId,
    ...(machineId === undefined ? {} : { machineId }),
    ...(machineName === undefined ? {} : { machineName }),
  }
  const targets = copies.filter((to) => to !== from)
  return targets.map((to) => copyOrder(rooms, { from, to, newPoint: pointId, facts }))
}

function isUnderWay({ runner }: Rooms, { id }: PolicyRecord, ended: Run): boolean {
  const kinds: readonly Run['kind'][] = ['backup', 'copy', 'retention']
  return runner.underWay().some(({ run }) => run.id !== ended.id && run.policyId === id && kinds.includes(run.kind))
}
