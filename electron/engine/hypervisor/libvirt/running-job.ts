import { rm } from 'node:fs/promises'
import { Failure } from '../../../../shared/failure.ts'
import { dropCheckpoint, dropSuperseded } from './checkpoints.ts'
import type { LibvirtConnection } from './connection.ts'
import type { DomainEvent } from './events.ts'
import { endJobOf } from './job.ts'
import type { SessionHost } from './session-host.ts'
import { removeRecord, type SessionRecord, writeRecord } from './session-record.ts'

const cleanUpLimitMs = 60_000
/** When a guest stops, the end of its job may be told before the end of the guest. */
const causeWaitMs = 1000

/**
 * A backup job on the host, from the moment before it is asked for. Disposing ends it, deletes its checkpoint unless that was
 * kept, and removes what it left; what cannot be done now stays written down for the next clean-up.
 */
export class RunningJob implements AsyncDisposable {
  readonly #host: SessionHost
  readonly #connection: LibvirtConnection
  readonly #record: SessionRecord
  readonly #loss = new AbortController()
  readonly #ended = new AbortController()
  readonly #watch: DisposableStack = new DisposableStack()
  #kept = false

  private constructor(host: SessionHost, connection: LibvirtConnection, record: SessionRecord) {
    this.#host = host
    this.#connection = connection
    this.#record = record
  }

  /** Writes down what is about to be made, then watches over it. */
  static async prepare(host: SessionHost, connection: LibvirtConnection, record: SessionRecord): Promise<RunningJob> {
    await writeRecord(host.stateFolder, record)
    const job = new RunningJob(host, connection, record)
    job.#watch.use(connection.listen((event) => job.#hear(event)))
    const onLost = () => job.#lose(connection.lost.reason)
    connection.lost.addEventListener('abort', onLost)
    job.#watch.defer(() => connection.lost.removeEventListener('abort', onLost))
    if (connection.lost.aborted) onLost()
    return job
  }

  /** Aborts with a `Failure` when the guest stops, the job ends without us or the host is lost. */
  get lost(): AbortSignal {
    return this.#loss.signal
  }

  /** The disks have been read and the point is durable: ends the job, keeps its checkpoint, deletes superseded ones. */
  async keep(repositoryId: string, checkpoint: string | undefined, signal: AbortSignal): Promise<void> {
    const { machineId, pointId, runFolder } = this.#record
    this.#kept = true
    this.#stopWatching()
    await endJobOf(runFolder, this.#connection, machineId, this.#host.clock, signal)
    await removeRecord(this.#host.stateFolder, pointId)
    if (checkpoint === undefined) return
    await dropSuperseded(this.#connection, machineId, repositoryId, checkpoint, this.#host.log, signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopWatching()
    const { machineId, pointId } = this.#record
    try {
      await this.#undo(AbortSignal.timeout(cleanUpLimitMs))
      await removeRecord(this.#host.stateFolder, pointId)
    } catch (error) {
      this.#host.log.warn('backup job left for the next clean-up', { machineId, problem: String(error) })
    }
  }

  async #undo(signal: AbortSignal): Promise<void> {
    await using opened = new AsyncDisposableStack()
    const { lost } = this.#connection
    const connection = lost.aborted ? opened.use(await this.#host.openConnection(signal)) : this.#connection
    const { machineId, runFolder, checkpoint, files } = this.#record
    await endJobOf(runFolder, connection, machineId, this.#host.clock, signal)
    if (!this.#kept && checkpoint !== undefined) await dropCheckpoint(connection, machineId, checkpoint, signal)
    await Promise.all(files.map((path) => rm(path, { force: true })))
  }

  #stopWatching(): void {
    this.#ended.abort()
    this.#watch.dispose()
  }

  #hear(event: DomainEvent): void {
    if (event.domain.uuid !== this.#record.machineId) return
    if (event.kind === 'job-completed') this.#loseSoon()
    else if (event.kind === 'lifecycle' && (event.lifecycle === 'stopped' || event.lifecycle === 'crashed'))
      this.#lose(new Failure('guest-stopped', 'The machine stopped while its backup was read'))
  }

  #loseSoon(): void {
    const failure = new Failure('disk-unreadable', 'The backup job was ended on the host')
    this.#host.clock.sleep(causeWaitMs, this.#ended.signal).then(
      () => this.#lose(failure),
      () => undefined,
    )
  }

  #lose(reason: unknown): void {
    this.#loss.abort(reason)
  }
}
