import type { RepositoryId } from '../../../shared/repository.ts'
import type { RepositoryRecord } from '../catalog/repositories.ts'
import type { Chore } from '../policies/upkeep.ts'
import type { Repository } from '../repository/repository.ts'
import type { Rooms } from '../rooms.ts'
import { catalogOrder } from './catalog-order.ts'
import { retentionClaim } from './follow-up.ts'
import { verificationOrder } from './runs.ts'
import { lockOrder, repositoriesOf, retentionOrder, sweepOrder } from './upkeep-orders.ts'

const dayMs = 86_400_000

/**
 * What is done unasked: retention and verification where policies want it, and for each repository a sweep, a look at its
 * locks and a copy of the catalog. A repository that is away is tried all the same where somebody relies on it: the failed
 * run says so.
 */
export function choresOf(rooms: Rooms): readonly Chore[] {
  const { catalog, repositories } = rooms
  const opened = new Map(repositories.opened().map((repository) => [repository.id, repository]))
  return [
    ...catalog.repositories.list().flatMap((record) => choresFor(rooms, record, opened.get(record.id))),
    ...verifications(rooms),
    ...retentions(rooms),
  ]
}

function choresFor(
  rooms: Rooms,
  { id, facts }: RepositoryRecord,
  repository: Repository | undefined,
): readonly Chore[] {
  if (repository?.readOnly !== undefined || facts.probe?.exclusive === false) return []
  const { runner } = rooms
  const sweeping = {
    name: `sweep ${id}`,
    everyMs: isTidy(repository) ? 7 * dayMs : dayMs,
    doneAt: repository?.upkeep().at,
    start: () => void runner.start(sweepOrder(rooms, id)),
  }
  const isLocking = repository === undefined ? facts.lockTruth !== undefined : repository.lock !== undefined
  const looking = {
    name: `lock ${id}`,
    everyMs: dayMs,
    doneAt: facts.lockTruth?.at,
    start: () => void runner.start(lockOrder(rooms, id)),
  }
  const copying = {
    name: `catalog ${id}`,
    everyMs: dayMs,
    start: () => void runner.start(catalogOrder(rooms, id)),
  }
  return [sweeping, ...(isLocking ? [looking] : []), ...(repository === undefined ? [] : [copying])]
}

/** Nothing is known there that a sweep would do. */
function isTidy(repository: Repository | undefined): boolean {
  return repository === undefined || (repository.trash().length === 0 && repository.upkeep().markedBytes === 0)
}

/** One at a time, the least recently verified first. */
function verifications(rooms: Rooms): readonly Chore[] {
  const { catalog, runner } = rooms
  if (runner.underWay().some(({ run }) => run.kind === 'verify')) return []
  const wanted = new Map<RepositoryId, number>()
  for (const policy of catalog.policies.list().filter(({ enabled }) => enabled)) {
    const days = policy.verifyEveryDays
    if (days === undefined) continue
    for (const id of repositoriesOf(policy)) wanted.set(id, Math.min(days, wanted.get(id) ?? days))
  }
  return catalog.repositories
    .list()
    .filter(({ id }) => wanted.has(id))
    .toSorted((a, b) => (a.verifiedAt ?? 0) - (b.verifiedAt ?? 0))
    .map(({ id, verifiedAt }) => ({
      name: `verify ${id}`,
      everyMs: (wanted.get(id) ?? 1) * dayMs,
      doneAt: verifiedAt,
      start: () => void runner.start(verificationOrder(rooms, id)),
    }))
}

function retentions(rooms: Rooms): readonly Chore[] {
  const policies = rooms.catalog.policies.list().filter(({ enabled, enact }) => enabled && enact === true)
  return policies.map((policy) => ({
    name: retentionClaim(policy),
    everyMs: dayMs,
    start: () => void rooms.runner.start(retentionOrder(rooms, policy)),
  }))
}
