import type { Clock } from '../base/clock.ts'
import { orAborted } from '../base/or-aborted.ts'

/** How long a wait may go on without looking whether the rate has changed. */
const sliceMs = 250

/** Lets bytes pass at a rate, or not at all while paused. Both may be changed while somebody waits. */
export class Throttle {
  readonly #clock: Clock
  #bytesPerSecond: number | undefined
  #paused: PromiseWithResolvers<void> | undefined
  /** When what has been let pass so far is worked off at the rate. */
  #freeAt = 0
  #rateNumber = 0

  constructor(clock: Clock, bytesPerSecond?: number) {
    this.#clock = clock
    this.#bytesPerSecond = bytesPerSecond
  }

  /** Undefined lets everything pass. */
  setRate(bytesPerSecond: number | undefined): void {
    this.#bytesPerSecond = bytesPerSecond
    this.#freeAt = 0
    this.#rateNumber++
  }

  pause(): void {
    this.#paused ??= Promise.withResolvers()
  }

  resume(): void {
    this.#paused?.resolve()
    this.#paused = undefined
  }

  /** Resolves as soon as it is not paused. */
  async flowing(signal: AbortSignal): Promise<void> {
    while (this.#paused !== undefined) await orAborted(this.#paused.promise, signal)
  }

  /** The most that should be taken at once, so that a slow rate is felt as a slow stream and not in jolts. */
  pieceBytes(largest: number): number {
    if (this.#bytesPerSecond === undefined) return largest
    return Math.max(1, Math.min(largest, Math.ceil(this.#bytesPerSecond / 4)))
  }

  /** Resolves when so many bytes may be sent. */
  async take(sizeBytes: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.flowing(signal)
      if (this.#bytesPerSecond === undefined) return
      const rateNumber = this.#rateNumber
      const startAt = Math.max(this.#clock.elapsed(), this.#freeAt)
      this.#freeAt = startAt + (sizeBytes / this.#bytesPerSecond) * 1000
      if (await this.#waited(startAt, rateNumber, signal)) return
    }
  }

  async #waited(startAt: number, rateNumber: number, signal: AbortSignal): Promise<boolean> {
    for (let leftMs = startAt - this.#clock.elapsed(); leftMs > 0; leftMs = startAt - this.#clock.elapsed()) {
      await this.#clock.sleep(Math.min(leftMs, sliceMs), signal)
      if (rateNumber !== this.#rateNumber || this.#paused !== undefined) return false
    }
    return true
  }
}
