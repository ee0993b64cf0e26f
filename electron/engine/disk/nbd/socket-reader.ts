import type { Socket } from 'node:net'

/** Bytes of a socket in the lengths that a protocol tells. What nobody takes yet stays with the sender, but for one piece of it. */
export class SocketReader {
  readonly #socket: Socket
  #bytes = Buffer.alloc(0)
  #gone = false
  #news = Promise.withResolvers<void>()

  constructor(socket: Socket) {
    this.#socket = socket
    const end = (): void => {
      this.#gone = true
      this.#news.resolve()
    }
    socket
      .on('data', (bytes: Buffer) => this.#come(bytes))
      .once('end', end)
      .once('close', end)
  }

  /** Rejects once the other side is gone before that many bytes came. The caller bounds `lengthBytes`; one call at a time. */
  async take(lengthBytes: number): Promise<Buffer> {
    while (this.#bytes.length < lengthBytes) {
      if (this.#gone) throw new Error('the client left')
      this.#news = Promise.withResolvers()
      this.#socket.resume()
      await this.#news.promise
    }
    const taken = this.#bytes.subarray(0, lengthBytes)
    this.#bytes = this.#bytes.subarray(lengthBytes)
    return taken
  }

  #come(bytes: Buffer): void {
    this.#socket.pause()
    this.#bytes = Buffer.concat([this.#bytes, bytes])
    this.#news.resolve()
  }
}
