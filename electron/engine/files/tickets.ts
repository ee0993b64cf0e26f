import { createHash, randomBytes } from 'node:crypto'
import type { FileRef } from '../../../shared/files.ts'
import type { Clock } from '../base/clock.ts'

/** What `GET /files/<ticket>` gives: one file as it is, or an archive. */
export type Ticketed = {
  readonly as: 'file' | 'tar' | 'zip'
  readonly name: string
  readonly items: readonly FileRef[]
}

const idleMs = 10 * 60_000
const most = 1000

/**
 * Secrets of 256 bits that each open one download, until nobody has used them for ten minutes. Only their hashes are kept, so a
 * look-up tells nothing by its time.
 */
export class Tickets {
  readonly #clock: Clock
  /** The one used longest ago first. */
  readonly #known = new Map<string, { readonly ticketed: Ticketed; readonly usedAt: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  issue(ticketed: Ticketed): string {
    const ticket = randomBytes(32).toString('base64url')
    this.#keep(hash(ticket), ticketed)
    return ticket
  }

  use(ticket: string): Ticketed | undefined {
    this.#forgetIdle()
    const key = hash(ticket)
    const ticketed = this.#known.get(key)?.ticketed
    if (ticketed !== undefined) this.#keep(key, ticketed)
    return ticketed
  }

  #keep(key: string, ticketed: Ticketed): void {
    this.#known.delete(key)
    this.#known.set(key, { ticketed, usedAt: this.#clock.elapsed() })
    this.#forgetIdle()
  }

  #forgetIdle(): void {
    const now = this.#clock.elapsed()
    for (const [key, { usedAt }] of this.#known) {
      if (this.#known.size <= most && now - usedAt < idleMs) return
      this.#known.delete(key)
    }
  }
}

function hash(ticket: string): string {
  return createHash('sha256').update(ticket).digest('base64')
}
