import { Failure } from '../../../../shared/failure.ts'
import type { Frame } from './frames.ts'
import { readError } from './libvirt-error.ts'
import { statuses } from './protocol.ts'
import { XdrReader } from './xdr.ts'

/** A reader that falls this far behind loses the stream instead of filling the memory. */
const maxQueuedBytes = 64 * 1024 * 1024

/**
 * Bytes that a host sends in answer to one call: a screenshot, which ends by itself, or a console, which goes on until
 * it is disposed of or the machine stops.
 */
export class DownloadStream implements AsyncDisposable {
  readonly #answer: (status: number) => void
  readonly #chunks: Buffer[] = []
  #queuedBytes = 0
  #ended = false
  #failure: Failure | undefined
  #wake: () => void = () => {}

  /** `answer` sends an empty message of this stream with the given status. */
  constructor(answer: (status: number) => void) {
    this.#answer = answer
  }

  /** Takes one message of the host. True when it was the last one. */
  accept(frame: Frame): boolean {
    if (frame.status === statuses.more && frame.body.length > 0) this.#queue(frame.body)
    else if (frame.status === statuses.more) this.#finish()
    else if (frame.status === statuses.error) this.fail(readError(new XdrReader(frame.body)))
    else this.#end()
    return frame.status !== statuses.more
  }

  /** What was received before is still read; then `read` fails. */
  fail(failure: Failure): void {
    if (!this.#ended) this.#failure = failure
    this.#end()
  }

  /** The next piece; undefined at the end. One reader at a time. */
  async read(signal: AbortSignal): Promise<Buffer | undefined> {
    while (this.#chunks.length === 0 && !this.#ended) await this.#wait(signal)
    signal.throwIfAborted()
    const chunk = this.#chunks.shift()
    this.#queuedBytes -= chunk?.length ?? 0
    if (chunk === undefined && this.#failure !== undefined) throw this.#failure
    return chunk
  }

  /** Everything up to the end. Fails with `host-unsupported` when it is more than `maxBytes`. */
  async readAll(maxBytes: number, signal: AbortSignal): Promise<Buffer> {
    const chunks: Buffer[] = []
    let lengthBytes = 0
    for (let chunk = await this.read(signal); chunk !== undefined; chunk = await this.read(signal)) {
      chunks.push(chunk)
      lengthBytes += chunk.length
      if (lengthBytes > maxBytes) throw new Failure('host-unsupported', `The host sent more than ${maxBytes} bytes`)
    }
    return Buffer.concat(chunks)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) this.#answer(statuses.error)
    this.#end()
  }

  #queue(chunk: Buffer): void {
    if (this.#ended) return
    this.#chunks.push(chunk)
    this.#queuedBytes += chunk.length
    if (this.#queuedBytes > maxQueuedBytes) {
      this.#answer(statuses.error)
      this.fail(new Failure('host-unsupported', `Nobody read ${this.#queuedBytes} bytes of a stream in time`))
    }
    this.#wake()
  }

  /** The host has sent everything and waits for our word that it arrived, which it answers with its last message. */
  #finish(): void {
    if (!this.#ended) this.#answer(statuses.ok)
    this.#end()
  }

  #end(): void {
    this.#ended = true
    this.#wake()
  }

  #wait(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    return new Promise((resolve, reject) => {
      const abort = () => reject(signal.reason)
      signal.addEventListener('abort', abort, { once: true })
      this.#wake = () => {
        signal.removeEventListener('abort', abort)
        resolve()
      }
    })
  }
}
