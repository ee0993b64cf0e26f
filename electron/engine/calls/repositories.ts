import type { Handlers } from '../../../shared/contract.ts'
import { Failure } from '../../../shared/failure.ts'
import type { RepositoryId } from '../../../shared/repository.ts'
import type { Rooms } from '../rooms.ts'
import { probeLocal } from '../store/local-probe.ts'

/** Repositories: tried, made, opened, listed, forgotten. */
export function repositoryCalls(
  rooms: Rooms,
): Pick<
  Handlers<AbortSignal>,
  'testStore' | 'createRepository' | 'openRepository' | 'listRepositories' | 'removeRepository'
> {
  const { repositories } = rooms
  return {
    testStore: ({ address }, signal) => probeLocal(address.folder, signal),
    createRepository: async ({ address, passphrase }, signal) => {
      const { repository, recoveryWords } = await repositories.create(address, passphrase, signal)
      return { repositoryId: repository.id, recoveryWords }
    },
    openRepository: async ({ address, unlock }, signal) => ({
      repositoryId: await repositories.open(address, unlock, signal),
    }),
    listRepositories: async (_, signal) => [...(await repositories.list(signal))],
    removeRepository: async ({ repositoryId }) => {
      refuseInUse(rooms, repositoryId)
      await repositories.remove(repositoryId)
      return null
    },
  }
}

function refuseInUse({ catalog, runner }: Rooms, id: RepositoryId): void {
  const policies = catalog.policies.using(id)
  if (policies.length > 0) {
    const names = policies.map(({ name }) => name).join(', ')
    throw new Failure('repository-in-use', `Policies back up to it: ${names}`)
  }
  const using = runner.underWay().find(({ run }) => run.repositoryId === id)
  if (using === undefined) return
  throw new Failure(
    'repository-in-use',
    `A run is under way with it (${using.run.kind} of ${using.run.machineName ?? id})`,
  )
}
