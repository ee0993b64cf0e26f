import type { Clock } from '../../base/clock.ts'

/** What the work gives, or undefined when that takes longer than `limitMs`; nobody waits for it any more then. */
export async function within<T>(
  limitMs: number,
  clock: Clock,
  work: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T | undefined> {
  const late = new AbortController()
  const done = new AbortController()
  clock.sleep(limitMs, done.signal).then(
    () => late.abort(),
    () => undefined,
  )
  try {
    return await work(AbortSignal.any([signal, late.signal]))
  } catch (error) {
    if (late.signal.aborted && !signal.aborted) return undefined
    throw error
  } finally {
    done.abort()
  }
}
