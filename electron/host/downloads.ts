import type { MessagePort } from 'node:worker_threads'
import type { DownloadAsk, DownloadFacts, DownloadRange, DownloadTold } from '../../shared/download.ts'
import { Failure, fromWire } from '../../shared/failure.ts'

/** What a ticket opens; disposing ends it, whatever is under way. */
export type Download = Disposable & {
  readonly facts: DownloadFacts
  /** Asked for once. No more comes than is taken; fails where the file breaks off, the engine dies, or the signal aborts. */
  bytes(range: DownloadRange | undefined): AsyncGenerator<Uint8Array>
}

/** Undefined for a ticket that nobody knows. Fails as opening does. */
export type Downloads = (ticket: string, asksPicture: boolean, signal: AbortSignal) => Promise<Download | undefined>

/** The host's end of a port over which the engine answers one request. */
export async function takeDownload(port: MessagePort, signal: AbortSignal): Promise<Download | undefined> {
  const inbox = new Inbox(port, signal)
  try {
    const told = await inbox.next()
    if (told.kind === 'found') {
      const { kind: _, ...facts } = told
      return { facts, bytes: (range) => bytesOf(port, inbox, range), [Symbol.dispose]: () => port.close() }
    }
    port.close()
    if (told.kind === 'none') return undefined
    throw told.kind === 'failed' ? fromWire(told.failure) : new Failure('bug', `The engine began with ${told.kind}`)
  } catch (thrown) {
    port.close()
    throw thrown
  }
}

async function* bytesOf(port: MessagePort, inbox: Inbox, range: DownloadRange | undefined): AsyncGenerator<Uint8Array> {
  const say = (ask: DownloadAsk): void => port.postMessage(ask)
  try {
    say({ kind: 'send', range })
    for (;;) {
      const told = await inbox.next()
      if (told.kind === 'end') return
      if (told.kind === 'failed') throw fromWire(told.failure)
      if (told.kind !== 'bytes') throw new Failure('bug', `The engine said ${told.kind} among bytes`)
      yield told.bytes
      say({ kind: 'room', bytes: told.bytes.length })
    }
  } finally {
    port.close()
  }
}

/** What the engine said and nobody has heard yet: never more than it was given room for. */
class Inbox {
  readonly #told: DownloadTold[] = []
  readonly #signal: AbortSignal
  #isOver = false
  #wake = Promise.withResolvers<void>()

  constructor(port: MessagePort, signal: AbortSignal) {
    this.#signal = signal
    port.on('message', (told: DownloadTold) => {
      this.#told.push(told)
      this.#rouse()
    })
    port.on('close', () => this.#end())
    signal.addEventListener('abort', () => port.close(), { once: true })
    if (signal.aborted) port.close()
  }

  async next(): Promise<DownloadTold> {
    for (;;) {
      this.#signal.throwIfAborted()
      const told = this.#told.shift()
      if (told !== undefined) return told
      if (this.#isOver) throw new Failure('engine-died', 'The engine ended before the file did')
      await this.#wake.promise
    }
  }

  #end(): void {
    this.#isOver = true
    this.#rouse()
  }

  #rouse(): void {
    this.#wake.resolve()
    this.#wake = Promise.withResolvers()
  }
}
