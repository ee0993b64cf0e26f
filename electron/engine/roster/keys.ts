import { Failure } from '../../../shared/failure.ts'
import {
  type Credentials,
  credentials as credentialsShape,
  type RepositoryId,
  type StoreAddress,
} from '../../../shared/repository.ts'
import type { RepositoryKey } from '../repository/repository.ts'
import type { SecretStore } from '../secrets.ts'

/** What opens the repositories of the list without a person: root keys, and the accounts of their stores. */
export type Keys = ReturnType<typeof keysIn>

export function keysIn(secrets: SecretStore) {
  return {
    /** Fails with `repository-locked` where it does not rest on this machine. */
    async root(id: RepositoryId): Promise<RepositoryKey> {
      const rootKey = await secrets.get(rootName(id))
      if (rootKey !== undefined) return { kind: 'root-key', rootKey }
      throw new Failure('repository-locked', 'Its key is not on this machine: open it by its passphrase')
    },
    /** Undefined for folders, which need none. Fails with `credentials-refused` where it does not rest on this machine. */
    async account(id: RepositoryId, address: StoreAddress): Promise<Credentials | undefined> {
      if (address.kind === 'folder') return undefined
      const found = await secrets.get(accountName(id))
      if (found !== undefined) return credentialsShape.parse(JSON.parse(Buffer.from(found).toString()))
      throw new Failure('credentials-refused', 'The keys of its account are not on this machine: give them again')
    },
    putRoot: (id: RepositoryId, rootKey: Uint8Array): Promise<void> => secrets.put(rootName(id), rootKey),
    async putAccount(id: RepositoryId, given: Credentials | undefined): Promise<void> {
      if (given !== undefined) await secrets.put(accountName(id), Buffer.from(JSON.stringify(given)))
    },
    async remove(id: RepositoryId): Promise<void> {
      await secrets.remove(rootName(id))
      await secrets.remove(accountName(id))
    },
  }
}

function rootName(id: RepositoryId): string {
  return `repository-${id}`
}

function accountName(id: RepositoryId): string {
  return `store-${id}`
}
