import { Failure } from '../../../shared/failure.ts'
import type { Point, PointId } from '../../../shared/point.ts'
import type { RepositoryId } from '../../../shared/repository.ts'
import type { Repository } from '../repository/repository.ts'
import type { Repositories } from './repositories.ts'

export type FoundPoint = { readonly point: Point; readonly repository: Repository }

type Among = Pick<Repositories, 'need' | 'opened' | 'remember'>

/**
 * The point with its repository, open: of several that hold it (`holders`, the best first) the next where one is not to be
 * had. Another engine may just have made it: the ledgers are read on before it is missed.
 */
export async function findPoint(
  among: Among,
  holders: readonly RepositoryId[],
  id: PointId,
  signal: AbortSignal,
): Promise<FoundPoint> {
  const failures: Failure[] = []
  for (const holder of holders) {
    const found = await pointIn(among, holder, id, signal).catch(into(failures, signal))
    if (found !== undefined) return found
  }
  for (const repository of among.opened()) {
    const found = holders.includes(repository.id) ? undefined : await pointIn(among, repository.id, id, signal)
    if (found !== undefined) return found
  }
  throw failures[0] ?? new Failure('point-not-found', `No repository that is open has the point ${id}`)
}

async function pointIn(
  among: Among,
  holder: RepositoryId,
  id: PointId,
  signal: AbortSignal,
): Promise<FoundPoint | undefined> {
  const repository = await among.need(holder, signal)
  const known = pointOf(repository, id)
  if (known === undefined && (await repository.refresh(signal))) among.remember(repository)
  const point = known ?? pointOf(repository, id)
  return point === undefined ? undefined : { point, repository }
}

function pointOf(repository: Repository, id: PointId): Point | undefined {
  return repository.points().find((each) => each.id === id)
}

/** What could not be had from one holder may be had from another. */
function into(failures: Failure[], signal: AbortSignal): (thrown: unknown) => undefined {
  return (thrown) => {
    signal.throwIfAborted()
    if (!(thrown instanceof Failure)) throw thrown
    failures.push(thrown)
  }
}
