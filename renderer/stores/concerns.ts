import { isEnded, type Run } from '../../shared/job.ts'
import type { Repository, RepositoryId } from '../../shared/repository.ts'

/** Something about a repository that its owner ought to know; only `append-only` is as it may be. */
export type Concern =
  | { readonly kind: 'unlocked'; readonly count: number }
  | { readonly kind: 'locks-fail' }
  | { readonly kind: 'upkeep-failed'; readonly run: Run }
  | { readonly kind: 'append-only' }

export type Concerned = { readonly repository: Repository; readonly concern: Concern }

const order: readonly Concern['kind'][] = ['locks-fail', 'unlocked', 'upkeep-failed', 'append-only']
const upkeepKinds: readonly Run['kind'][] = ['sweep', 'copy', 'lock', 'mend']

/** The weightiest first. `runs` are the newest first. */
export function concernsOf(repositories: readonly Repository[], runs: readonly Run[]): readonly Concerned[] {
  const failed = failedUpkeep(runs)
  return repositories
    .flatMap((repository) => {
      const upkeep = (failed.get(repository.id) ?? []).map((run): Concern => ({ kind: 'upkeep-failed', run }))
      return [...ofStore(repository), ...upkeep].map((concern) => ({ repository, concern }))
    })
    .sort((a, b) => order.indexOf(a.concern.kind) - order.indexOf(b.concern.kind))
}

/** A gap counts while a rule asks for locks: without one nothing is promised. */
function ofStore({ lock, lockTruth, probe }: Repository): readonly Concern[] {
  const concerns: Concern[] = []
  if (lock !== undefined && lockTruth !== undefined) {
    if (lockTruth.canary === 'deleted') concerns.push({ kind: 'locks-fail' })
    if (lockTruth.unlocked > 0) concerns.push({ kind: 'unlocked', count: lockTruth.unlocked })
  }
  if (probe?.removal === false) concerns.push({ kind: 'append-only' })
  return concerns
}

/**
 * By repository, the newest failed run of each kind (of copies, from each source) that nothing has made good since: a later
 * one of the same machine has, and so has one of all machines. One that was cancelled says nothing.
 */
function failedUpkeep(runs: readonly Run[]): ReadonlyMap<RepositoryId, readonly Run[]> {
  const settled = new Set<string>()
  const told = new Set<string>()
  const failed = new Map<RepositoryId, Run[]>()
  for (const run of runs) {
    const { kind, repositoryId, sourceId = '', machineId = '', state } = run
    if (repositoryId === undefined || !upkeepKinds.includes(kind) || !isEnded(state) || state === 'cancelled') continue
    const all = `${kind} ${repositoryId} ${sourceId} `
    const isPast = settled.has(all) || settled.has(all + machineId)
    settled.add(all + machineId)
    if (isPast || state !== 'failed' || told.has(all)) continue
    told.add(all)
    failed.set(repositoryId, [...(failed.get(repositoryId) ?? []), run])
  }
  return failed
}
