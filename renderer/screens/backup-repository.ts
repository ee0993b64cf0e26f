import type { Point } from '../../shared/point.ts'
import type { Repository } from '../../shared/repository.ts'

/** A repository to which points can be written now. */
export function isWritable(repository: Repository): boolean {
  return repository.state === 'open' && repository.readOnly === undefined
}

/** Where the first of these machines that has a point was backed up last, if that can be written to; else the first that can. */
export function preferredRepository(
  machineIds: readonly string[],
  repositories: readonly Repository[],
  pointsOf: ReadonlyMap<string, readonly Point[]>,
): string | undefined {
  const writable = repositories.filter(isWritable)
  const used = machineIds.map((id) => pointsOf.get(id)?.[0]?.repositoryId).find((id) => id !== undefined)
  return (writable.find(({ id }) => id === used) ?? writable[0])?.id
}
