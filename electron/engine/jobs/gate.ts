import { orAborted } from '../base/or-aborted.ts'

/** Where a run stands still while a person has stopped it. Open at first. */
export class Gate {
  #opening: PromiseWithResolvers<void> | undefined

  get isClosed(): boolean {
    return this.#opening !== undefined
  }

  close(): void {
    this.#opening ??= Promise.withResolvers<void>()
  }

  open(): void {
    this.#opening?.resolve()
    this.#opening = undefined
  }

  /** Resolves when the gate is open; rejects as soon as `signal` aborts. */
  async pass(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    while (this.#opening !== undefined) await orAborted(this.#opening.promise, signal)
  }
}
