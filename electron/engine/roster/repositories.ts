import { Failure, toWire } from '../../../shared/failure.ts'
import type { Point, PointId } from '../../../shared/point.ts'
import type { Repository as Listed, RepositoryId, StoreAddress } from '../../../shared/repository.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { orAborted } from '../base/or-aborted.ts'
import type { PointTable } from '../catalog/points.ts'
import type { RepositoryRecord, RepositoryTable, Seen } from '../catalog/repositories.ts'
import type { CreatedRepository, OpenedRepository, Repository, RepositoryKey } from '../repository/repository.ts'
import type { SecretStore } from '../secrets.ts'
import { close, describe, type RepositoryEntry, type WithStore } from './repository-entry.ts'
import { Settling } from './settling.ts'

export type RepositoriesOptions = {
  readonly table: RepositoryTable
  readonly points: PointTable
  readonly secrets: SecretStore
  readonly clock: Clock
  readonly log: Log
  create(address: StoreAddress, passphrase: string, signal: AbortSignal): Promise<WithStore<CreatedRepository>>
  open(
    address: StoreAddress,
    key: RepositoryKey,
    seen: Seen | undefined,
    signal: AbortSignal,
  ): Promise<WithStore<OpenedRepository>>
  coverage(id: RepositoryId): Listed['coverage']
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
  readonly #retrying: Promise<void>
  /** Resolves when every repository known at the start has been opened or has failed to. */
  readonly started: Promise<void>

  constructor(options: RepositoriesOptions) {
    this.#options = options
    this.#settling = new Settling(options.clock)
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
      return describe(record, this.#entry(record.id), known, signal)
    })
    return Promise.all(listed)
  }

  async create(address: StoreAddress, passphrase: string, signal: AbortSignal): Promise<CreatedRepository> {
    const created = await this.#options.create(address, passphrase, signal)
    await this.#adopt(created, address)
    return created
  }

  /** Fails with `passphrase-wrong`, `repository-exists` when the same repository is open from another place, and as opening does. */
  async open(address: StoreAddress, key: RepositoryKey, signal: AbortSignal): Promise<RepositoryId> {
    const opened = await this.#openKnown(address, key, signal)
    const { id } = opened.repository
    const known = this.#options.table.get(id)
    const current = this.#entries.get(id)?.opened?.repository
    if (known !== undefined && current !== undefined) {
      await close(opened)
      if (isSame(known.address, address)) return id
      throw new Failure('repository-exists', `This repository is open already, from ${current.title}`)
    }
    await this.#adopt(opened, address)
    return id
  }

  /** An open repository; one that could not be opened is tried again now, and its failure is the answer. */
  async need(id: RepositoryId, signal: AbortSignal): Promise<Repository> {
    const record = this.#options.table.get(id)
    if (record === undefined) throw notFound(id)
    await orAborted(this.#reopen(record), signal)
    const { opened, failure } = this.#entry(id)
    if (opened !== undefined) return opened.repository
    throw failure ?? new Failure('repository-unreachable', `Repository ${id} is not open`)
  }

  /** The point with its repository, open. Another engine may just have made it: the ledger is read on before it is missed. */
  async needPoint(
    id: PointId,
    signal: AbortSignal,
  ): Promise<{ readonly point: Point; readonly repository: Repository }> {
    const cached = this.#options.points.get(id)
    const candidates = cached === undefined ? this.#open() : [await this.need(cached.repositoryId, signal)]
    for (const repository of candidates) {
      const point =
        repository.points().find((each) => each.id === id) ?? (await this.#refreshed(repository, id, signal))
      if (point !== undefined) return { point, repository }
    }
    throw new Failure('point-not-found', `No repository that is open has the point ${id}`)
  }

  /** Brings the catalog to what the repository says; called after every opening and every run that wrote. */
  remember(repository: Repository): void {
    this.#options.table.see(repository.id, repository.head())
    if (this.#options.points.replace(repository.id, repository.points())) this.#options.onPoints()
    this.#options.onRepositories()
  }

  /** Nothing in the repository changes. The key goes first: it is not to rest here without a trace in the list. */
  async remove(id: RepositoryId): Promise<void> {
    const { table, secrets, points } = this.#options
    if (table.get(id) === undefined) throw notFound(id)
    await secrets.remove(secretName(id))
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

  #open(): readonly Repository[] {
    return [...this.#entries.values()].flatMap((entry) => entry.opened?.repository ?? [])
  }

  #entry(id: RepositoryId): RepositoryEntry {
    const entry = this.#entries.get(id) ?? { opened: undefined, failure: undefined, opening: undefined }
    this.#entries.set(id, entry)
    return entry
  }

  /** Which repository it is shows only when it is open; what was seen of it before is held against it then. */
  async #openKnown(
    address: StoreAddress,
    key: RepositoryKey,
    signal: AbortSignal,
  ): Promise<WithStore<OpenedRepository>> {
    const opened = await this.#options.open(address, key, undefined, signal)
    const seen = this.#options.table.get(opened.repository.id)?.seen
    if (seen === undefined) return opened
    await close(opened)
    return this.#options.open(address, { kind: 'root-key', rootKey: opened.rootKey }, seen, signal)
  }

  async #refreshed(repository: Repository, id: PointId, signal: AbortSignal): Promise<Point | undefined> {
    if (await repository.refresh(signal)) this.remember(repository)
    return repository.points().find((each) => each.id === id)
  }

  /** The key rests on this machine before the catalog knows the repository. */
  async #adopt(opened: WithStore<OpenedRepository>, address: StoreAddress): Promise<void> {
    const { id } = opened.repository
    await this.#options.secrets.put(secretName(id), opened.rootKey)
    this.#options.table.put(id, address)
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
      const rootKey = await this.#options.secrets.get(secretName(record.id))
      if (rootKey === undefined)
        throw new Failure('repository-locked', 'Its key is not on this machine: open it by its passphrase')
      const key = { kind: 'root-key', rootKey } as const
      const opened = await this.#options.open(record.address, key, record.seen, this.#abort.signal)
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

/** Somebody may have put another repository in the place of this one. */
async function needSame(opened: WithStore<OpenedRepository>, record: RepositoryRecord): Promise<void> {
  const found = opened.repository.id
  if (found === record.id) return
  await close(opened)
  throw new Failure('repository-not-found', `There is another repository now, ${found}`)
}

function isSame(one: StoreAddress, other: StoreAddress): boolean {
  return one.folder === other.folder
}

function notFound(id: RepositoryId): Failure {
  return new Failure('repository-not-found', `No repository has the id ${id}`)
}

function secretName(id: RepositoryId): string {
  return `repository-${id}`
}
