import { Failure } from '../../../shared/failure.ts'
import { forEachParallel } from '../base/parallel.ts'
import type { Cycle } from './cycle.ts'

const removalsAtOnce = 8

/**
 * Removes what the ledger has given up. What the store does not let go (it is locked, or these credentials may not remove)
 * is counted and stays for a later cycle; false then.
 */
export async function removeObjects(cycle: Cycle, paths: readonly string[]): Promise<boolean> {
  const { report, signal } = cycle
  let isWhole = true
  await forEachParallel(paths, removalsAtOnce, async (path) => {
    signal.throwIfAborted()
    if (await remove(cycle, path)) return
    report.locked++
    isWhole = false
  })
  return isWhole
}

/** What is not there is removed all the same: a store that does not see it now may see it later. */
async function remove({ parts, report, signal }: Cycle, path: string): Promise<boolean> {
  const found = await parts.store.stat(path, signal)
  try {
    await parts.store.remove(path, signal)
  } catch (thrown) {
    if (thrown instanceof Failure && ['object-locked', 'credentials-refused'].includes(thrown.code)) return false
    throw thrown
  }
  if (found === undefined) return true
  report.removed++
  report.removedBytes += found.sizeBytes
  return true
}
