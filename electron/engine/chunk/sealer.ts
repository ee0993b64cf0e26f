import { Failure } from '../../../shared/failure.ts'
import { footerBytes, maxPackBytes, packHeaderBytes, recordOverheadBytes } from '../repository/format/pack.ts'
import type { RecordType } from './chunk.ts'
import { type Generations, newGenerations, renewed } from './claims.ts'
import { type Crew, Lane } from './crew.ts'
import { type Done, decodeRecords, type PackMessage } from './errand.ts'
import type { ChunkPool, FinishedPack, Sealer } from './pool.ts'
import type { Thread } from './thread.ts'
import { transferable } from './transfer.ts'

/** How many finished packs of one thread may wait for their store. */
const packsOutPerThread = 2

export type PackTaker = { take(thread: Thread, pack: PackMessage): void }

type Options = Parameters<ChunkPool['sealer']>[0]

/**
 * A sealer's life on the engine's thread: it gives batches to threads and takes their packs.
 *
 * A batch is answered when its chunks are sealed, long before their packs are stored. So one lost pack, whatever the
 * cause, fails the sealer for good: ids that were answered would name chunks that never came to be.
 */
export class PackSealer implements Sealer {
  readonly #crew: Crew
  readonly #options: Options
  readonly #number: number
  readonly #lane: Lane
  readonly #threads = new Set<Thread>()
  readonly #sealing = new Set<Promise<unknown>>()
  readonly #handovers = new Set<Promise<void>>()
  /** Open packs that threads were asked to hand over: also a second flush waits for them. */
  readonly #closing = new Set<Promise<void>>()
  #claims: Generations = newGenerations()
  #failure: { readonly thrown: unknown } | undefined

  constructor(crew: Crew, options: Options) {
    if (options.packBytes > maxPackBytes) throw new Failure('invalid-argument', `packs of ${options.packBytes} bytes`)
    this.#crew = crew
    this.#options = options
    this.#lane = new Lane({
      // With none of its packs out a sealer may always go on, so that another run's slow store cannot stop this run.
      mayUse: (packsOut) => packsOut < packsOutPerThread || this.#handovers.size === 0,
      onUse: (thread) => this.#threads.add(thread),
      onFailure: (thrown) => this.#fail(thrown),
      onThreadEnd: (thread, failure) => {
        if (this.#threads.delete(thread)) this.#fail(failure)
      },
    })
    this.#number = crew.enlist(this.#lane, this)
  }

  async seal(
    type: RecordType,
    unitBytes: number,
    bytes: Uint8Array<ArrayBuffer>,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    this.#throwIfFailed()
    const { keys, table, packBytes } = this.#options
    const largest = packHeaderBytes + recordOverheadBytes + footerBytes(1) + Math.min(unitBytes, bytes.length)
    if (largest > packBytes)
      throw new Failure('invalid-argument', `units of ${unitBytes} bytes in packs of ${packBytes}`)
    const own = transferable(bytes)
    const errand = () => {
      this.#claims = renewed(this.#claims)
      const shared = { table: table(), claims: this.#claims, sealer: this.#number }
      return { kind: 'seal', keys, packBytes, type, unitBytes, bytes: own, ...shared } as const
    }
    const { bytes: ids } = await this.#tracked(this.#crew.submit(this.#lane, errand, [own.buffer], signal))
    return ids
  }

  async flush(signal: AbortSignal): Promise<void> {
    await within(signal, Promise.allSettled(this.#sealing))
    this.#throwIfFailed()
    for (const thread of this.#threads) this.#close(thread)
    await within(signal, Promise.all(this.#closing))
    await within(signal, Promise.all(this.#handovers))
    this.#throwIfFailed()
  }

  take(thread: Thread, message: PackMessage): void {
    const { name, bytes, salt } = message
    const giveBack = () => {
      if (!bytes.buffer.detached) thread.tell({ kind: 'return', buffer: bytes.buffer }, [bytes.buffer])
    }
    if (this.#failure !== undefined) {
      giveBack()
      return
    }
    thread.packsOut++
    const handover = this.#handOver({ name, bytes, salt, records: decodeRecords(message.records) }).finally(() => {
      thread.packsOut--
      this.#handovers.delete(handover)
      giveBack()
      this.#crew.dispatch()
    })
    this.#handovers.add(handover)
  }

  /** Throws away what is open; waits for the packs that are being stored. */
  async [Symbol.asyncDispose](): Promise<void> {
    const failure = new Failure('cancelled', 'The sealer was closed')
    this.#failure ??= { thrown: failure }
    this.#crew.dismiss(this.#lane, this.#number, failure)
    for (const thread of this.#threads) thread.tell({ kind: 'drop', sealer: this.#number }, [])
    await Promise.all(this.#handovers)
  }

  /** The pack arrives before the answer: then it is among the handovers. */
  #close(thread: Thread): void {
    this.#threads.delete(thread)
    const closing = thread
      .ask({ kind: 'close', sealer: this.#number }, [])
      .then(
        () => undefined,
        (thrown: unknown) => this.#fail(thrown),
      )
      .finally(() => this.#closing.delete(closing))
    this.#closing.add(closing)
  }

  async #handOver(pack: FinishedPack): Promise<void> {
    try {
      await this.#options.onPack(pack)
    } catch (thrown) {
      this.#fail(thrown)
    }
  }

  #fail(thrown: unknown): void {
    this.#failure ??= { thrown }
    for (const waiting of this.#lane.waiting.splice(0)) waiting.answer.reject(this.#failure.thrown)
  }

  #throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.thrown
  }

  #tracked(work: Promise<Done>): Promise<Done> {
    this.#sealing.add(work)
    return work.finally(() => this.#sealing.delete(work))
  }
}

/** `promise`, or the signal's reason as soon as it is given. */
async function within<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  signal.throwIfAborted()
  const aborted = Promise.withResolvers<never>()
  const abort = () => aborted.reject(signal.reason)
  signal.addEventListener('abort', abort)
  try {
    return await Promise.race([promise, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
