import { Failure } from '../../../shared/failure.ts'
import type { Credentials, Repository as Listed, StoreAddress, StoreProbe } from '../../../shared/repository.ts'
import { sentence } from '../../../shared/sentences.ts'
import type { RepositoryRecord } from '../catalog/repositories.ts'
import type { OpenedRepository, Repository } from '../repository/repository.ts'
import type { Store } from '../store/store.ts'

/** Where a store lies, with what is needed to use it. */
export type Site = {
  readonly address: StoreAddress
  readonly credentials: Credentials | undefined
  /** What it was seen to do; absent for folders, and where nobody could try it. */
  readonly probe: StoreProbe | undefined
}

/** A repository with the store that it lies in; the store is closed after it. */
export type WithStore<T> = T & { readonly store: AsyncDisposable & Pick<Store, 'space'> }

export type Opened = WithStore<Pick<OpenedRepository, 'repository'>>

export type RepositoryEntry = {
  opened: Opened | undefined
  /** Why it is not open. */
  failure: Failure | undefined
  opening: Promise<void> | undefined
  /** Points of it were found damaged when it was last looked at. */
  isDamaged: boolean
}

export function unopened(): RepositoryEntry {
  return { opened: undefined, failure: undefined, opening: undefined, isDamaged: false }
}

/** What a list shows of a repository. `known` is what the catalog knows, also of one that is not open. */
export async function describe(
  record: RepositoryRecord,
  { opened, failure }: RepositoryEntry,
  known: Pick<Listed, 'points' | 'coverage'>,
  signal: AbortSignal,
): Promise<Listed> {
  const { id, address, verifiedAt, facts } = record
  const common = { id, address, ...known, ...facts, ...(verifiedAt === undefined ? {} : { verifiedAt }) }
  if (opened !== undefined) {
    const { repository, store } = opened
    return {
      ...common,
      state: 'open',
      ...heldIn(repository),
      ...wrongWith(record, repository),
      ...(await store.space(signal)),
    }
  }
  if (failure === undefined) return { ...common, state: 'unreachable', problem: sentence('repository-opening') }
  const state = needsPerson(failure) ? 'locked' : 'unreachable'
  return { ...common, state, problemCode: failure.code, problem: failure.message }
}

/** Fails with `repository-too-new`, and with `store-unsuitable` where the ledger would not be safe. */
export function refuseReadOnly(record: RepositoryRecord, repository: Repository): void {
  const problem = whyReadOnly(record, repository)
  if (problem === undefined) return
  throw new Failure(repository.readOnly === undefined ? 'store-unsuitable' : 'repository-too-new', problem)
}

function whyReadOnly({ facts }: RepositoryRecord, repository: Repository): string | undefined {
  return facts.probe?.exclusive === false ? sentence('store-not-exclusive') : repository.readOnly
}

/** Its key, or the keys of its account, are not here or do not fit: only a person can give others. */
function needsPerson({ code }: Failure): boolean {
  return code === 'repository-locked' || code === 'credentials-refused'
}

function heldIn(repository: Repository): Partial<Listed> {
  const { lock, epoch } = repository
  const { at, markedBytes } = repository.upkeep()
  return {
    ...repository.totals,
    ...(lock === undefined ? {} : { lock }),
    trashed: repository.trash().length,
    unneededBytes: markedBytes,
    ...(at === undefined ? {} : { sweptAt: at }),
    epoch,
  }
}

function wrongWith(record: RepositoryRecord, repository: Repository): Pick<Listed, 'problem' | 'readOnly'> {
  const unread = repository.problems().length
  const readOnly = whyReadOnly(record, repository)
  return {
    ...(unread === 0 ? {} : { problem: sentence('objects-unreadable', { count: `${unread}` }) }),
    ...(readOnly === undefined ? {} : { readOnly }),
  }
}

export async function close({ repository, store }: Opened): Promise<void> {
  await repository[Symbol.asyncDispose]()
  await store[Symbol.asyncDispose]()
}

/** Somebody may have put another repository in the place of this one. */
export async function needSame(opened: Opened, record: RepositoryRecord): Promise<void> {
  const found = opened.repository.id
  if (found === record.id) return
  await close(opened)
  throw new Failure('repository-not-found', `There is another repository now, ${found}`)
}
