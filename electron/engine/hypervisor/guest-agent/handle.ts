import * as z from 'zod/mini'
import { Failure } from '../../../../shared/failure.ts'
import { KiB } from '../../../../shared/units.ts'
import { type AskAgent, parseReply } from './agent.ts'

/** In base64 that is 64 KiB: as much as an agent surely takes from its channel in one line. */
const pieceBytes = 48 * KiB

const written = z.object({ count: z.number() })
const sought = z.object({ position: z.number() })

/** A file that the guest's agent has open. Its number is lost with the agent. */
export class Handle {
  readonly #ask: AskAgent
  readonly #handle: number

  private constructor(ask: AskAgent, handle: number) {
    this.#ask = ask
    this.#handle = handle
  }

  /** `mode` as fopen(3) has it. */
  static async open(ask: AskAgent, path: string, mode: string, signal: AbortSignal): Promise<Handle> {
    return new Handle(ask, parseReply(z.number(), await ask('guest-file-open', { path, mode }, signal)))
  }

  async write(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const piece = Buffer.from(bytes.subarray(at, at + pieceBytes)).toString('base64')
      const reply = await this.#ask('guest-file-write', { handle: this.#handle, 'buf-b64': piece }, signal)
      const { count } = parseReply(written, reply)
      if (!(count > 0 && count <= pieceBytes)) throw new Failure('guest-refused', `The guest wrote ${count} bytes`)
      at += count
    }
  }

  /** Where the file ends. */
  async end(signal: AbortSignal): Promise<number> {
    const reply = await this.#ask('guest-file-seek', { handle: this.#handle, offset: 0, whence: 'end' }, signal)
    return parseReply(sought, reply).position
  }

  async flush(signal: AbortSignal): Promise<void> {
    await this.#ask('guest-file-flush', { handle: this.#handle }, signal)
  }

  async close(signal: AbortSignal): Promise<void> {
    await this.#ask('guest-file-close', { handle: this.#handle }, signal)
  }
}
