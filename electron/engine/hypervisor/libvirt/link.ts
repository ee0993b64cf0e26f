import { Failure, isAbort } from '../../../../shared/failure.ts'
import type { Clock } from '../../base/clock.ts'
import type { LibvirtConnection } from './connection.ts'

const firstWaitMs = 500
const longestWaitMs = 30_000

export type LinkSettings = {
  readonly open: (signal: AbortSignal) => Promise<LibvirtConnection>
  readonly clock: Clock
  /** After every connection that is made, with the connection, and after every loss, with undefined. */
  readonly onChange: (connection: LibvirtConnection | undefined) => void
}

/** A connection that comes back after the daemon's restart, trying at longer and longer intervals until it is disposed of. */
export class Link implements AsyncDisposable {
  readonly #settings: LinkSettings
  readonly #end = new AbortController()
  #state: LibvirtConnection | Failure

  constructor(connection: LibvirtConnection, settings: LinkSettings) {
    this.#settings = settings
    this.#state = connection
    this.#hold(connection)
  }

  /** The connection of now. Fails with the reason while there is none. */
  connection(): LibvirtConnection {
    if (this.#state instanceof Failure) throw this.#state
    return this.#state
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort()
    if (!(this.#state instanceof Failure)) await this.#state[Symbol.asyncDispose]()
  }

  #hold(connection: LibvirtConnection): void {
    const { lost } = connection
    this.#state = connection
    this.#settings.onChange(connection)
    if (lost.aborted) void this.#recover(lost.reason)
    else lost.addEventListener('abort', () => void this.#recover(lost.reason), { once: true })
  }

  /** Never rejects: what an attempt fails with becomes the reason that callers get. */
  async #recover(reason: Failure): Promise<void> {
    if (this.#end.signal.aborted) return
    this.#state = reason
    this.#settings.onChange(undefined)
    for (let waitMs = firstWaitMs; !this.#end.signal.aborted; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
      if (await this.#attempt(waitMs)) return
    }
  }

  async #attempt(waitMs: number): Promise<boolean> {
    const { clock, open } = this.#settings
    try {
      await clock.sleep(waitMs, this.#end.signal)
      const connection = await open(this.#end.signal)
      if (this.#end.signal.aborted) await connection[Symbol.asyncDispose]()
      else this.#hold(connection)
      return true
    } catch (error) {
      if (!isAbort(error)) this.#state = asFailure(error)
      return false
    }
  }
}

function asFailure(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure('bug', `Connecting again: ${String(error)}`, { cause: error })
}
