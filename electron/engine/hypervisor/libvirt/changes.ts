import type { Clock } from '../../base/clock.ts'

/** A machine that starts sends half a dozen events at once. */
const settleMs = 200

/** Tells listeners that something changed, once for everything that happens close together. */
export class Changes implements Disposable {
  readonly #clock: Clock
  readonly #listeners = new Set<() => void>()
  readonly #end = new AbortController()
  #due = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  listen(listener: () => void): void {
    this.#listeners.add(listener)
  }

  notify(): void {
    if (this.#due || this.#end.signal.aborted) return
    this.#due = true
    this.#clock.sleep(settleMs, this.#end.signal).then(
      () => this.#tell(),
      () => undefined,
    )
  }

  [Symbol.dispose](): void {
    this.#end.abort()
    this.#listeners.clear()
  }

  #tell(): void {
    this.#due = false
    for (const listener of this.#listeners) listener()
  }
}
