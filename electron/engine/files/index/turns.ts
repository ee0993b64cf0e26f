import { setImmediate as afterOthers } from 'node:timers/promises'

/** Does work that comes in parts; between two of them everybody else in this thread has a turn. */
export async function turns(parts: Generator<void>, signal: AbortSignal): Promise<void> {
  for (const _ of parts) {
    signal.throwIfAborted()
    await afterOthers()
  }
}
