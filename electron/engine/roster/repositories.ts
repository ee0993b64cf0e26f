import { Failure, toWire } from '../../../shared/failure.ts'
import type { PointId } from '../../../shared/point.ts'
import type {
  Credentials,
  Repository as Listed,
  LockRule,
  RepositoryId,
  StoreProbe,
} from '../../../shared/repository.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { orAborted } from '../base/or-aborted.ts'
import type { PointTable } from '../catalog/points.ts'
import type { RepositoryRecord, RepositoryTable, Seen } from '../catalog/repositories.ts'
import type { CreatedRepository, OpenedRepository, Repository, RepositoryKey } from '../repository/repository.ts'
import type { SecretStore } from '../secrets.ts'
import { type FoundPoint, findPoint } from './find-point.ts'
import { type Keys, keysIn } from './keys.ts'
import { byPreference, isSame, type Ranked } from './preference.ts'
import {
  close,
  describe,
  needSame,
  type RepositoryEntry,
  refuseReadOnly,
  type Site,
  unopened,
  type WithStore,
} from './repository-entry.ts'
import { Settling } from './settling.ts'

export type NewRepository = { readonly passphrase: string; readonly lock: LockRule | undefined }

export type RepositoriesOptions = {
  readonly table: RepositoryTable
  readonly points: Pick<PointTable, 'count' | 'holders' | 'replace'>
  readonly secrets: SecretStore
  readonly clock: Clock
  readonly log: Log
  create(site: Site, wish: NewRepository, signal: AbortSignal): Promise<WithStore<CreatedRepository>>
  open(
    site: Site,
    key: RepositoryKey,
    seen: Seen | undefined,
    signal: AbortSignal,
  ): Promise<WithStore<OpenedRepository>>
  /** What the store does; undefined for folders, and where these credentials may only read. */
  probe(site: Site, signal: AbortSignal): Promise<StoreProbe | undefined>
  coverage(id: RepositoryId): Listed['coverage']
  /** Brings the catalog to what the repository says; answers whether points are other ones now. */
  learn(repository: Repository): boolean
  /** It was opened just now. */
  onOpened(repository: Repository): void
  onRepositories(): void
  onPoints(): void
}

const retryMs = 30_000
const listWaitMs = 1000

/** The repositories that a person made or opened. Those whose root key rests on this machine open by themselves. */
export class Repositories implements AsyncDisposable {
  readonly #options: RepositoriesOptions
  readonly #entries = new Map<RepositoryId, RepositoryEntry>()
  readonly #abort = new AbortController()
  readonly #settling: Settling
  readonly #keys: Keys
  readonly #retrying: Promise<void>
  /** Resolves when every repository known at the start has been opened or has failed to. */
  readonly started: Promise<void>

  constructor(options: RepositoriesOptions) {
    this.#options = options
    this.#settling = new Settling(options.clock)
    this.#keys = keysIn(options.secrets)
    const records = options.table.list()
    this.started = Promise.all(records.map((record) => this.#reopen(record))).then(() => undefined)
    this.#retrying = this.#retry()
  }

  /** Takes up repositories that another process has added to the catalog, and lets go of those that it removed. */
  lookAgain(): void {
    for (const id of this.#entries.keys()) if (this.#options.table.get(id) === undefined) void this.#letGo(id)
    for (const record of this.#options.table.list()) if (!this.#entries.has(record.id)) void this.#reopen(record)
    this.#options.onRepositories()
    this.#options.onPoints()
  }

  async list(signal: AbortSignal): Promise<readonly Listed[]> {
    await this.#settling.wait(listWaitMs, signal)
    const { table, points, coverage } = this.#options
    const listed = table.list().map((record) => {
      const known = { points: points.count(record.id), coverage: coverage(record.id) }
      const entry = this.#entry(record.id)
      entry.isDamaged = known.coverage.damaged.length > 0
      return describe(record, entry, known, signal)
    })
    return Promise.all(listed)
  }

  /** Fails as making it does; a store that cannot be relied on is `store-unsuitable`. */
  async create(site: Omit<Site, 'probe'>, wish: NewRepository, signal: AbortSignal): Promise<CreatedRepository> {
    const tried = { ...site, probe: await this.#options.probe({ ...site, probe: undefined }, signal) }
    const created = await this.#options.create(tried, wish, signal)
    await this.#adopt(created, tried)
    return created
  }

  /** Fails with `passphrase-wrong`, `repository-exists` when the same repository is open from another place, and as opening does. */
  async open(site: Omit<Site, 'probe'>, key: RepositoryKey, signal: AbortSignal): Promise<RepositoryId> {
    const tried = { ...site, probe: await this.#options.probe({ ...site, probe: undefined }, signal) }
    const opened = await this.#openKnown(tried, key, signal)
    const { id } = opened.repository
    const known = this.#options.table.get(id)
    const current = this.#entries.get(id)?.opened?.repository
    if (known !== undefined && current !== undefined) {
      await close(opened)
      if (isSame(known.address, site.address)) return id
      throw new Failure('repository-exists', `This repository is open already, from ${current.title}`)
    }
    await this.#adopt(opened, tried)
    return id
  }

  /** Another account takes the place of the one of before once the repository was opened with it. */
  async changeAccount(id: RepositoryId, credentials: Credentials, signal: AbortSignal): Promise<void> {
    const record = this.#record(id)
    if (record.address.kind === 'folder') throw new Failure('invalid-argument', 'A folder needs no account')
    await this.#entry(id).opening
    const site = { address: record.address, credentials, probe: record.facts.probe }
    const opened = await this.#options.open(site, await this.#keys.root(id), record.seen, signal)
    await needSame(opened, record)
    await this.#keys.putAccount(id, credentials)
    await this.#letGo(id)
    this.#opened(opened)
  }

  /** An open repository; one that could not be opened is tried again now, and its failure is the answer. */
  async need(id: RepositoryId, signal: AbortSignal): Promise<Repository> {
    await orAborted(this.#reopen(this.#record(id)), signal)
    const { opened, failure } = this.#entry(id)
    if (opened !== undefined) return opened.repository
    throw failure ?? new Failure('repository-unreachable', `Repository ${id} is not open`)
  }

  /** As `need`, for writing: fails also with `repository-too-new`, and `store-unsuitable` where the ledger would not be safe. */
  async needWritable(id: RepositoryId, signal: AbortSignal): Promise<Repository> {
    const repository = await this.need(id, signal)
    this.refuseReadOnly(repository)
    return repository
  }

  refuseReadOnly(repository: Repository): void {
    refuseReadOnly(this.#record(repository.id), repository)
  }

  /** The point in the repository from which it is best read, see `findPoint`. */
  needPoint(id: PointId, signal: AbortSignal): Promise<FoundPoint> {
    return findPoint(this, byPreference(this.#ranked(this.#options.points.holders(id), id)), id, signal)
  }

  /** Those that are open. */
  opened(): readonly Repository[] {
    return [...this.#entries.values()].flatMap((entry) => entry.opened?.repository ?? [])
  }

  /** All that are in the list; the ones from which points are best read come first. */
  preferred(): readonly RepositoryId[] {
    return byPreference(this.#ranked(this.#options.table.list().map(({ id }) => id)))
  }

  /** Brings the catalog to what the repository says; called after every opening and every run that wrote. */
  remember(repository: Repository): void {
    this.#options.table.see(repository.id, repository.head())
    if (this.#options.learn(repository)) this.#options.onPoints()
    this.#entry(repository.id).isDamaged = this.#options.coverage(repository.id).damaged.length > 0
    this.#options.onRepositories()
  }

  /** Nothing in the repository changes. The key goes first: it is not to rest here without a trace in the list. */
  async remove(id: RepositoryId): Promise<void> {
    const { table, points } = this.#options
    this.#record(id)
    await this.#keys.remove(id)
    table.remove(id)
    points.replace(id, [])
    this.#options.onRepositories()
    this.#options.onPoints()
    await this.#letGo(id)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort()
    await Promise.all([this.#retrying, this.started, ...[...this.#entries.values()].map((entry) => entry.opening)])
    await Promise.all([...this.#entries.values()].map((entry) => entry.opened && close(entry.opened)))
  }

  /** Never fails. */
  async #letGo(id: RepositoryId): Promise<void> {
    const opened = this.#entries.get(id)?.opened
    this.#entries.delete(id)
    if (opened === undefined) return
    await close(opened).catch((thrown) =>
      this.#options.log.warn('A repository did not close', { id, problem: String(thrown) }),
    )
  }

  #record(id: RepositoryId): RepositoryRecord {
    const record = this.#options.table.get(id)
    if (record === undefined) throw new Failure('repository-not-found', `No repository has the id ${id}`)
    return record
  }

  #entry(id: RepositoryId): RepositoryEntry {
    const entry = this.#entries.get(id) ?? unopened()
    this.#entries.set(id, entry)
    return entry
  }

  #ranked(ids: readonly RepositoryId[], pointId?: PointId): readonly Ranked[] {
    const isHurt = (id: RepositoryId): boolean =>
      pointId === undefined || ids.length === 1
        ? this.#entry(id).isDamaged
        : this.#options.coverage(id).damaged.includes(pointId)
    const records = ids.flatMap((id) => this.#options.table.get(id) ?? [])
    return records.map(({ id, address: { kind } }) => {
      return { id, isOpen: this.#entry(id).opened !== undefined, isDamaged: isHurt(id), isNear: kind === 'folder' }
    })
  }

  /** Which repository it is shows only when it is open; what was seen of it before is held against it then. */
  async #openKnown(site: Site, key: RepositoryKey, signal: AbortSignal): Promise<WithStore<OpenedRepository>> {
    const opened = await this.#options.open(site, key, undefined, signal)
    const seen = this.#options.table.get(opened.repository.id)?.seen
    if (seen === undefined) return opened
    await close(opened)
    return this.#options.open(site, { kind: 'root-key', rootKey: opened.rootKey }, seen, signal)
  }

  /** The keys rest on this machine before the catalog knows the repository. */
  async #adopt(opened: WithStore<OpenedRepository>, { address, credentials, probe }: Site): Promise<void> {
    const { id } = opened.repository
    await this.#keys.putRoot(id, opened.rootKey)
    await this.#keys.putAccount(id, credentials)
    this.#options.table.put(id, address)
    if (probe !== undefined) this.#options.table.tell(id, { probe })
    this.#opened(opened)
  }

  #opened(opened: WithStore<OpenedRepository>): void {
    const { repository } = opened
    const entry = this.#entry(repository.id)
    entry.opened = opened
    entry.failure = undefined
    for (const { object, problem } of repository.problems())
      this.#options.log.warn('Unreadable object', { object, problem })
    this.remember(repository)
    this.#options.onOpened(repository)
  }

  /** One attempt at a time; those who come meanwhile wait for the same one. Never fails: the entry holds the failure. */
  #reopen(record: RepositoryRecord): Promise<void> {
    const entry = this.#entry(record.id)
    if (entry.opened !== undefined) return Promise.resolve()
    entry.opening ??= this.#openWithRootKey(record, entry).finally(() => {
      entry.opening = undefined
    })
    return entry.opening
  }

  async #openWithRootKey(record: RepositoryRecord, entry: RepositoryEntry): Promise<void> {
    const settled = this.#settling.begin()
    try {
      const key = await this.#keys.root(record.id)
      const { address, facts } = record
      const site = { address, credentials: await this.#keys.account(record.id, address), probe: facts.probe }
      const opened = await this.#options.open(site, key, record.seen, this.#abort.signal)
      await needSame(opened, record)
      // It may have been removed meanwhile.
      if (this.#options.table.get(record.id) === undefined) await close(opened)
      else this.#opened(opened)
    } catch (thrown) {
      const { code, message } = toWire(thrown)
      entry.failure = new Failure(code, message, { cause: thrown })
      if (code === 'bug') this.#options.log.error('Opening a repository met a bug', { id: record.id, problem: message })
      this.#options.onRepositories()
    } finally {
      settled()
    }
  }

  /** A disk is plugged in, a share comes back: only such failures mend themselves. */
  async #retry(): Promise<void> {
    const { clock, table } = this.#options
    for (;;) {
      await clock.sleep(retryMs, this.#abort.signal).catch(() => undefined)
      if (this.#abort.signal.aborted) return
      for (const record of table.list()) {
        const code = this.#entry(record.id).failure?.code
        if (code === 'repository-unreachable' || code === 'repository-not-found') await this.#reopen(record)
      }
    }
  }
}
