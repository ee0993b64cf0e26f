import type { Failure } from '../../../shared/failure.ts'
import type { Repository as Listed } from '../../../shared/repository.ts'
import { sentence } from '../../../shared/sentences.ts'
import type { RepositoryRecord } from '../catalog/repositories.ts'
import type { OpenedRepository, Repository } from '../repository/repository.ts'
import type { Store } from '../store/store.ts'

/** A repository with the store that it lies in; the store is closed after it. */
export type WithStore<T> = T & { readonly store: AsyncDisposable & Pick<Store, 'space'> }

export type Opened = WithStore<Pick<OpenedRepository, 'repository'>>

export type RepositoryEntry = {
  opened: Opened | undefined
  /** Why it is not open. */
  failure: Failure | undefined
  opening: Promise<void> | undefined
}

/** What a list shows of a repository. `known` is what the catalog knows, also of one that is not open. */
export async function describe(
  record: RepositoryRecord,
  { opened, failure }: RepositoryEntry,
  known: Pick<Listed, 'points' | 'coverage'>,
  signal: AbortSignal,
): Promise<Listed> {
  const { id, address, verifiedAt } = record
  const common = { id, address, ...known, ...(verifiedAt === undefined ? {} : { verifiedAt }) }
  if (opened !== undefined) {
    const { repository, store } = opened
    return { ...common, state: 'open', ...repository.totals, ...wrongWith(repository), ...(await store.space(signal)) }
  }
  if (failure?.code === 'repository-locked')
    return { ...common, state: 'locked', problemCode: failure.code, problem: failure.message }
  if (failure === undefined) return { ...common, state: 'unreachable', problem: sentence('repository-opening') }
  return { ...common, state: 'unreachable', problemCode: failure.code, problem: failure.message }
}

function wrongWith(repository: Repository): Pick<Listed, 'problem' | 'readOnly'> {
  const unread = repository.problems().length
  return {
    ...(unread === 0 ? {} : { problem: sentence('objects-unreadable', { count: `${unread}` }) }),
    ...(repository.readOnly === undefined ? {} : { readOnly: repository.readOnly }),
  }
}

export async function close({ repository, store }: Opened): Promise<void> {
  await repository[Symbol.asyncDispose]()
  await store[Symbol.asyncDispose]()
}
