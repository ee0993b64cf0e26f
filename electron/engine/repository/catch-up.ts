import { forEachParallel } from '../base/parallel.ts'
import { learnIndexes } from './learn-indexes.ts'
import type { Core } from './parts.ts'

const readsAtOnce = 16

/**
 * Takes in what the ledger says by now: reads the indexes and manifests that it names and nobody has looked at, indexes
 * first, since points rely on them; forgets what it gave up. What fails stays to be taken in the next time. The caller has
 * the turn.
 */
export async function catchUp(core: Core, signal: AbortSignal): Promise<void> {
  const { holdings, ledger, points } = core
  for (;;) {
    const taken = ledger.head.number
    holdings.follow(ledger)
    const problems = holdings.problems.length + points.problems.length
    await learnIndexes(core, holdings.unknown(ledger.state), signal)
    await forEachParallel(points.unknown(), readsAtOnce, (point) => points.learn(point, signal))
    settle(core)
    ledger.taken = taken
    if (holdings.problems.length + points.problems.length <= problems) return
    // What is missing may have been swept while it was on its way here: then an entry says so.
    await ledger.advance(signal)
    if (ledger.head.number === taken) return
  }
}

/** The part that reads nothing and cannot fail: to be called when the ledger's state has changed. */
export function settle({ holdings, ledger, points }: Core): void {
  holdings.follow(ledger)
  points.follow()
}
