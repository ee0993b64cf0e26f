import type { Clock } from '../base/clock.ts'

/** Counts attempts that have not had their first answer yet, good or bad. */
export class Settling {
  readonly #clock: Clock
  readonly #open = new Set<Promise<void>>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get isSettled(): boolean {
    return this.#open.size === 0
  }

  /** Answers the function that says "answered"; saying it again does nothing. */
  begin(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#open.add(promise)
    return () => {
      this.#open.delete(promise)
      resolve()
    }
  }

  /** Until all that are open now have answered, at most `waitMs`. */
  async wait(waitMs: number, signal: AbortSignal): Promise<void> {
    if (this.isSettled) return
    const won = new AbortController()
    const bounded = AbortSignal.any([signal, won.signal])
    await Promise.race([Promise.all(this.#open), this.#clock.sleep(waitMs, bounded).catch(() => undefined)])
    won.abort()
    signal.throwIfAborted()
  }
}
