import type { Failure } from '../../../shared/failure.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { orAborted } from '../base/or-aborted.ts'

/** What a failed attempt means. */
export type Verdict =
  /** The line or the store is down or overloaded: worth waiting for. */
  | { readonly kind: 'wait'; readonly failure: Failure }
  /** An answer that is wrong: the same question may be answered better a few times, not for ever. */
  | { readonly kind: 'again'; readonly failure: Failure }
  /** An answer. */
  | { readonly kind: 'end'; readonly thrown: unknown }

export type RetryOptions = {
  readonly clock: Clock
  /** How long a request goes on from its first failure. */
  readonly patienceMs: number
  readonly verdictOf: (thrown: unknown) => Verdict
  /** Asks the store something cheap: true when it answers. Never throws; ends soon by itself. */
  readonly isUp: (signal: AbortSignal) => Promise<boolean>
  readonly log: Log
  /** In [0, 1). */
  readonly random?: () => number
}

/** One attempt; `number` counts from 0, so that each can be given more time than the one before. */
export type Attempt<T> = (number: number, signal: AbortSignal) => Promise<T>

/** Of one request. */
type Course = { wrongAnswers: number; deadline: number }

const firstPauseMs = 100
const longestPauseMs = 5000
const wrongAnswers = 4

/**
 * Goes on with requests through outages. While the store is down one cheap question at a time is asked, at most five
 * seconds apart, and every request waits for its answer: they go on within seconds and do not all hammer a store that is
 * just coming back. (The SDK's own retries give up after 71 ms of an outage.)
 */
export class Supervisor {
  readonly #options: RetryOptions
  readonly #closing = new AbortController()
  #down: PromiseWithResolvers<void> | undefined
  #underWay = 0

  constructor(options: RetryOptions) {
    this.#options = options
  }

  /** Ends all waiting for the store. */
  close(): void {
    this.#closing.abort()
  }

  /** The attempt's answer. Fails with the last failure once patience is over, with the signal's reason as soon as it aborts. */
  async run<T>(attempt: Attempt<T>, signal: AbortSignal): Promise<T> {
    this.#underWay++
    try {
      return await this.#run(attempt, signal)
    } finally {
      this.#underWay--
    }
  }

  async #run<T>(attempt: Attempt<T>, signal: AbortSignal): Promise<T> {
    const { clock, patienceMs } = this.#options
    const course = { wrongAnswers: 0, deadline: Number.POSITIVE_INFINITY }
    for (let number = 0; ; number++) {
      await this.#untilUp(Math.min(course.deadline - clock.elapsed(), patienceMs), signal)
      signal.throwIfAborted()
      try {
        return await attempt(number, signal)
      } catch (thrown) {
        signal.throwIfAborted()
        course.deadline = Math.min(course.deadline, clock.elapsed() + patienceMs)
        this.#goOn(course, thrown)
      }
      await clock.sleep(this.#pauseMs(number), signal)
    }
  }

  /** Throws what the request is to fail with when it is not worth another attempt. */
  #goOn(course: Course, thrown: unknown): void {
    const verdict = this.#options.verdictOf(thrown)
    if (verdict.kind === 'end') throw verdict.thrown
    if (verdict.kind === 'again') course.wrongAnswers++
    else this.#suspect(verdict.failure)
    const isOver = this.#options.clock.elapsed() >= course.deadline || this.#closing.signal.aborted
    if (isOver || course.wrongAnswers >= wrongAnswers) throw verdict.failure
  }

  /** Returns also when the time is over: the attempt that follows then fails by itself and is the last. */
  async #untilUp(leftMs: number, signal: AbortSignal): Promise<void> {
    if (this.#down === undefined) return
    const waited = new AbortController()
    const ended = AbortSignal.any([waited.signal, signal])
    const enough = this.#options.clock.sleep(Math.max(0, leftMs), ended).catch(() => {})
    try {
      await orAborted(Promise.race([this.#down.promise, enough]), signal)
    } finally {
      waited.abort()
    }
  }

  #suspect(failure: Failure): void {
    if (this.#down !== undefined || this.#closing.signal.aborted) return
    this.#down = Promise.withResolvers()
    const since = this.#options.clock.elapsed()
    const told = (): void => {
      const downMs = Math.round(this.#options.clock.elapsed() - since)
      if (downMs > longestPauseMs) this.#options.log.info('The store answers again', { downMs })
    }
    this.#options.log.warn('The store did not answer', { code: failure.code, reason: failure.message })
    this.#watch()
      .then(told)
      .catch(() => {})
  }

  async #watch(): Promise<void> {
    try {
      for (let number = 0; this.#underWay > 0; number++) {
        if (await this.#options.isUp(this.#closing.signal)) return
        await this.#options.clock.sleep(this.#pauseMs(number), this.#closing.signal)
      }
    } finally {
      this.#down?.resolve()
      this.#down = undefined
    }
  }

  #pauseMs(number: number): number {
    const pauseMs = Math.min(firstPauseMs * 2 ** Math.min(number, 16), longestPauseMs)
    return pauseMs * (0.5 + (this.#options.random ?? Math.random)() / 2)
  }
}
