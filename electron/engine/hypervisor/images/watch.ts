import { watch } from 'node:fs'
import type { Clock } from '../../base/clock.ts'

/** Several files often change at once. */
const settleMs = 300
/** Network shares and sub-folders tell nothing by themselves. */
const lookAgainMs = 15_000

/**
 * Calls back whenever `look` answers something else than before. It is asked soon after the folder's own system tells of
 * a change, and every 15 seconds. Ends with `signal`.
 */
export async function followFolder(
  folder: string,
  look: () => Promise<string>,
  onChange: () => void,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  let known: string | undefined
  while (!signal.aborted) {
    const over = new AbortController()
    const ends = AbortSignal.any([signal, over.signal])
    // Listening begins before the look, so that nothing happens between them unseen.
    const hint = new Promise<void>((resolve) => listen(folder, resolve, ends))
    const now = await look()
    if (known !== undefined && now !== known && !signal.aborted) onChange()
    known = now
    await Promise.race([hint, pause(clock, lookAgainMs, ends)])
    over.abort()
    await pause(clock, settleMs, signal)
  }
}

/** A folder that is gone cannot be watched: the regular look tells when it is back. */
function listen(folder: string, onHint: () => void, signal: AbortSignal): void {
  try {
    watch(folder, { persistent: false, signal }, onHint).on('error', () => undefined)
  } catch {
    // The regular look goes on.
  }
}

/** Never rejects. */
async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  await clock.sleep(ms, signal).catch(() => undefined)
}
