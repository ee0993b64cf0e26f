import { setTimeout as delay } from 'node:timers/promises'

/** Time as a value, so that tests can own it. */
export type Clock = {
  /** Milliseconds since 1970. */
  now(): number
  /** Milliseconds of a clock that never goes back; only differences mean something. */
  elapsed(): number
  /** With `isQuiet` the wait alone keeps no process from ending. */
  sleep(ms: number, signal: AbortSignal, isQuiet?: boolean): Promise<void>
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep: (ms, signal, isQuiet = false) => delay(ms, undefined, { signal, ref: !isQuiet }),
}
