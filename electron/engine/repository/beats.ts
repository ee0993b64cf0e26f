import type { Store } from '../store/store.ts'
import { entryName } from './format/entry.ts'

export const beatEveryMs = 60_000
export const deadAfterMs = 600_000

/** Signs of life of a lease's holder: `leases/<fence>/<number>`, a new one each time, since no object is changed in place. */
export class Beats {
  readonly #store: Store
  readonly #fence: number
  readonly #folder: string
  #count = 0

  constructor(store: Store, fence: number) {
    this.#store = store
    this.#fence = fence
    this.#folder = `leases/${digits(fence)}/`
  }

  async beat(signal: AbortSignal): Promise<void> {
    const before = this.#name()
    this.#count++
    await this.#store.put(this.#name(), Buffer.from(this.#name()), signal)
    if (this.#count > 1) await this.#store.remove(before, signal)
  }

  /**
   * True when the newest sign of life is too old at `now`, both on the store's clock. A listing that leaves one out may have
   * a living holder taken for dead: he notices. False where the store does not tell when an object was put.
   */
  async areOver(now: number, signal: AbortSignal): Promise<boolean> {
    const taken = await this.#store.stat(entryName(this.#fence), signal)
    if (taken?.modifiedAt === undefined) return false
    let newest = taken.modifiedAt
    for await (const { name, modifiedAt } of this.#store.list(this.#folder, signal)) {
      const at = modifiedAt ?? (await this.#store.stat(name, signal))?.modifiedAt
      newest = Math.max(newest, at ?? newest)
    }
    return now - newest > deadAfterMs
  }

  /** Of a lease that has ended. What cannot be removed means nothing. */
  async clear(signal: AbortSignal): Promise<void> {
    try {
      for await (const { name } of this.#store.list(this.#folder, signal)) await this.#store.remove(name, signal)
    } catch {
      signal.throwIfAborted()
    }
  }

  #name(): string {
    return this.#folder + digits(this.#count)
  }
}

function digits(number: number): string {
  return String(number).padStart(16, '0')
}
