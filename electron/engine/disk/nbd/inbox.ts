import { Failure } from '../../../../shared/failure.ts'

/** Far more than any answer of a handshake needs. */
const limitBytes = 1 << 20

/** Bytes of a handshake on their way in: they come as they like and are taken in lengths that the protocol tells. */
export class Inbox {
  #bytes = Buffer.alloc(0)
  #waiting: { readonly lengthBytes: number; resolve(bytes: Buffer): void; reject(reason: unknown): void } | undefined
  #end: { readonly reason: unknown } | undefined

  push(bytes: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes])
    if (this.#bytes.length > limitBytes) this.fail(new Failure('disk-unreadable', 'The NBD server talks without end'))
    else this.#serve()
  }

  fail(reason: unknown): void {
    this.#end ??= { reason }
    this.#serve()
  }

  take(lengthBytes: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { lengthBytes, resolve, reject }
      this.#serve()
    })
  }

  /** Everything that has come and was not taken. */
  rest(): Buffer {
    const rest = this.#bytes
    this.#bytes = Buffer.alloc(0)
    return rest
  }

  #serve(): void {
    const waiting = this.#waiting
    if (waiting === undefined) return
    if (this.#bytes.length >= waiting.lengthBytes) {
      this.#waiting = undefined
      const taken = this.#bytes.subarray(0, waiting.lengthBytes)
      this.#bytes = this.#bytes.subarray(waiting.lengthBytes)
      waiting.resolve(taken)
    } else if (this.#end !== undefined) {
      this.#waiting = undefined
      waiting.reject(this.#end.reason)
    }
  }
}
