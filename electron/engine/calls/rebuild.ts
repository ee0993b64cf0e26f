import type { Result } from '../../../shared/contract.ts'
import type { RepositoryId } from '../../../shared/repository.ts'
import { readCatalogPoint } from '../jobs/catalog-point.ts'
import type { Rooms } from '../rooms.ts'

/**
 * Forgets what the catalog knew of points and reads it again from every repository that is open; those that are not come
 * back when they are opened. With `restoreFrom` what a person once told this console is taken from that repository first.
 */
export async function rebuildCatalog(
  { catalog, repositories, hosts, options }: Rooms,
  restoreFrom: RepositoryId | undefined,
  signal: AbortSignal,
): Promise<Result<'rebuildCatalog'>> {
  if (restoreFrom !== undefined) {
    const repository = await repositories.need(restoreFrom, signal)
    await repository.refresh(signal)
    const from = { repository, folder: options.home }
    await readCatalogPoint(from, (path) => catalog.takeSettings(path), signal)
  }
  catalog.rebuild(repositories.opened().map(({ id }) => id))
  for (const repository of repositories.opened()) {
    await repository.refresh(signal)
    repositories.remember(repository)
  }
  hosts.lookAgain()
  repositories.lookAgain()
  for (const name of ['runsChanged', 'policiesChanged', 'settingsChanged', 'pointsChanged'] as const) {
    options.emit(name, null)
  }
  return {
    points: catalog.points.list(undefined).length,
    repositories: catalog.repositories.list().length,
    policies: catalog.policies.list().length,
  }
}
