import type { Handlers, Unlock } from '../../../shared/contract.ts'
import { Failure } from '../../../shared/failure.ts'
import type { RepositoryId } from '../../../shared/repository.ts'
import { fromRecoveryKeyText } from '../repository/format/recovery.ts'
import type { RepositoryKey } from '../repository/repository.ts'
import type { Rooms } from '../rooms.ts'

/** Repositories: tried, made, opened, listed, forgotten. */
export function repositoryCalls(
  rooms: Rooms,
): Pick<
  Handlers<AbortSignal>,
  | 'testStore'
  | 'probeStore'
  | 'createRepository'
  | 'openRepository'
  | 'setCredentials'
  | 'setPlace'
  | 'listRepositories'
  | 'removeRepository'
> {
  const { catalog, repositories, stores, options } = rooms
  return {
    testStore: ({ address, credentials }, signal) => stores.test(address, credentials, signal),
    probeStore: (site, signal) => stores.probe(site, signal),
    createRepository: async ({ address, credentials, passphrase, lock }, signal) => {
      const site = { address, credentials }
      const { repository, recoveryWords } = await repositories.create(site, { passphrase, lock }, signal)
      return { repositoryId: repository.id, recoveryWords }
    },
    openRepository: async ({ address, credentials, unlock }, signal) => ({
      repositoryId: await repositories.open({ address, credentials }, keyOf(unlock), signal),
    }),
    setCredentials: async ({ repositoryId, credentials }, signal) => {
      refuseBusy(rooms, repositoryId)
      await repositories.changeAccount(repositoryId, credentials, signal)
      return null
    },
    setPlace: async ({ repositoryId, place }) => {
      if (catalog.repositories.get(repositoryId) === undefined) {
        throw new Failure('repository-not-found', `No repository has the id ${repositoryId}`)
      }
      catalog.repositories.tell(repositoryId, { place })
      options.emit('repositoriesChanged', null)
      return null
    },
    listRepositories: async (_, signal) => [...(await repositories.list(signal))],
    removeRepository: async ({ repositoryId }) => {
      refuseNamed(rooms, repositoryId)
      refuseBusy(rooms, repositoryId)
      await repositories.remove(repositoryId)
      return null
    },
  }
}

function keyOf(unlock: Unlock): RepositoryKey {
  if (unlock.kind !== 'recovery-key') return unlock
  return { kind: 'recovery-key', secret: fromRecoveryKeyText(unlock.secret) }
}

function refuseNamed({ catalog }: Rooms, id: RepositoryId): void {
  const policies = catalog.policies
    .list()
    .filter(({ repositoryId, copies = [] }) => repositoryId === id || copies.includes(id))
  if (policies.length === 0) return
  const names = policies.map(({ name }) => name).join(', ')
  throw new Failure('repository-in-use', `Policies back up to it: ${names}`)
}

function refuseBusy({ runner }: Rooms, id: RepositoryId): void {
  const using = runner.underWay().find(({ run }) => run.repositoryId === id || run.sourceId === id)
  if (using === undefined) return
  throw new Failure(
    'repository-in-use',
    `A run is under way with it (${using.run.kind} of ${using.run.machineName ?? id})`,
  )
}
