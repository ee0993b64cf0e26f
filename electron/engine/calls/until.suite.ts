import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'

const waitMs = 60_000

/** What `look` answers as soon as it answers something; fails after a minute. */
export async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  const end = performance.now() + waitMs
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    assert.ok(performance.now() < end, 'It did not come about within a minute')
    await delay(20)
  }
}
