import { setTimeout as delay } from 'node:timers/promises'

/** Time as a value, so that tests can own it. */
export type Clock = {
  /** Milliseconds since 1970. */
  now(): number
  /** Milliseconds of a clock that never goes back; only differences mean something. */
  elapsed(): number
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, { signal }),
}
