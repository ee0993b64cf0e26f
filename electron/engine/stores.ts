import type { Result } from '../../shared/contract.ts'
import { Failure } from '../../shared/failure.ts'
import type { Credentials, LockRule, S3Address, StoreAddress, StoreProbe } from '../../shared/repository.ts'
import type { Clock } from './base/clock.ts'
import type { Log } from './base/log.ts'
import type { Seen } from './catalog/repositories.ts'
import type { ChunkPool } from './chunk/pool.ts'
import { createRepository, openRepository, type RepositoryKey } from './repository/repository.ts'
import type { NewRepository } from './roster/repositories.ts'
import type { Site } from './roster/repository-entry.ts'
import { createLocalStore, openLocalStore } from './store/local.ts'
import { probeLocal } from './store/local-probe.ts'
import { openS3Store } from './store/s3.ts'
import { probeS3 } from './store/s3-probe.ts'
import type { Store } from './store/store.ts'

type S3Site = { readonly address: S3Address; readonly credentials: Credentials }

/** What the engine does with buckets; a parameter, so that tests need none. */
export type Buckets = {
  open(site: S3Site, signal: AbortSignal): Promise<Store>
  /** Leaves nothing behind where it may remove. */
  probe(site: S3Site, signal: AbortSignal): Promise<StoreProbe>
}

type StoresOptions = {
  readonly clock: Clock
  readonly buckets: Buckets
  pool(): ChunkPool
  breakGlass(): Promise<Uint8Array<ArrayBuffer>>
}

export function realBuckets(clock: Clock, log: Log): Buckets {
  return {
    open: (site, signal) => openS3Store({ ...site, clock, log }, signal),
    probe: (site, signal) => probeS3({ ...site, clock, log }, signal),
  }
}

/** Stores by their addresses, and the repositories in them. Whoever opens a repository here closes its store after it. */
export class Stores {
  readonly #options: StoresOptions

  constructor(options: StoresOptions) {
    this.#options = options
  }

  /** What lies there, without touching it; fails where nothing could be written, as far as that shows. */
  test(address: StoreAddress, credentials: Credentials | undefined, signal: AbortSignal): Promise<Result<'testStore'>> {
    if (address.kind === 'folder') return probeLocal(address.folder, signal)
    return this.#look(inBucket(address, credentials), signal)
  }

  probe(site: S3Site, signal: AbortSignal): Promise<StoreProbe> {
    return this.#options.buckets.probe(site, signal)
  }

  /** Undefined for folders, and where these credentials may not write: what lies there can then be read all the same. */
  async probeSite({ address, credentials }: Omit<Site, 'probe'>, signal: AbortSignal): Promise<StoreProbe | undefined> {
    if (address.kind === 'folder') return undefined
    const site = inBucket(address, credentials)
    await this.#look(site, signal)
    try {
      return await this.probe(site, signal)
    } catch (thrown) {
      if (thrown instanceof Failure && thrown.code === 'credentials-refused') return undefined
      throw thrown
    }
  }

  async create(site: Site, { passphrase, lock }: NewRepository, signal: AbortSignal) {
    const { clock, pool } = this.#options
    needSuitable(site, lock)
    const breakGlass = await this.#options.breakGlass()
    const store = await (site.address.kind === 'folder'
      ? createLocalStore(site.address.folder, signal)
      : this.#open(site, signal))
    const creating = createRepository({ store, pool: pool(), clock, passphrase, breakGlass, lock }, signal)
    return owning(store, creating)
  }

  async open(site: Site, key: RepositoryKey, seen: Seen | undefined, signal: AbortSignal) {
    const { clock, pool } = this.#options
    const store = await this.#open(site, signal)
    return owning(store, openRepository({ store, pool: pool(), clock, key, seen }, signal))
  }

  #open({ address, credentials }: Site, signal: AbortSignal): Promise<Store> {
    if (address.kind === 'folder') return openLocalStore(address.folder, signal)
    return this.#options.buckets.open(inBucket(address, credentials), signal)
  }

  async #look(site: S3Site, signal: AbortSignal): Promise<Result<'testStore'>> {
    await using store = await this.#options.buckets.open(site, signal)
    if ((await store.stat('config', signal)) !== undefined) return { holds: 'repository' }
    for await (const _ of store.list('', signal)) return { holds: 'other' }
    return { holds: 'nothing' }
  }
}

function inBucket(address: S3Address, credentials: Credentials | undefined): S3Site {
  if (credentials !== undefined) return { address, credentials }
  throw new Failure('invalid-argument', 'A bucket is used with the keys of an account')
}

/** The engine relies on nothing that nobody saw the store do. */
function needSuitable({ address, probe }: Site, lock: LockRule | undefined): void {
  if (address.kind === 'folder') {
    if (lock === undefined) return
    throw new Failure('store-unsuitable', 'A folder cannot lock what lies in it')
  }
  if (probe === undefined) throw new Failure('credentials-refused', 'These credentials may not write to the bucket')
  if (!probe.exclusive) {
    throw new Failure(
      'store-unsuitable',
      'The store lets several writers create one object: the ledger would not be safe',
    )
  }
  if (lock !== undefined && probe.lock !== 'enforced') {
    throw new Failure('store-unsuitable', 'The bucket does not keep locked objects from being deleted')
  }
}

/** The store goes with what was opened in it, and is closed when that failed. */
async function owning<T>(store: Store, opening: Promise<T>): Promise<T & { readonly store: Store }> {
  try {
    return { ...(await opening), store }
  } catch (thrown) {
    await store[Symbol.asyncDispose]()
    throw thrown
  }
}
