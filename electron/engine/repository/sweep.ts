import { Failure } from '../../../shared/failure.ts'
import type { SweepReport } from '../../../shared/job.ts'
import { appendEntry } from './append.ts'
import { catchUp } from './catch-up.ts'
import type { Cycle } from './cycle.ts'
import { packPath } from './format/index.ts'
import type { Hold } from './lease.ts'
import { Liveness, totalMapBytes } from './live.ts'
import { markUnneeded } from './mark.ts'
import type { Parts } from './parts.ts'
import { purgeTrash } from './purge.ts'
import { needWritable } from './read-only.ts'
import { removeObjects } from './removal.ts'
import { repackWaste } from './repack.ts'
import type { Repository, SweepOptions } from './repository.ts'
import { rewriteIndexes } from './rewrite-indexes.ts'
import { storeNow } from './store-time.ts'
import { sweepMarked } from './sweep-marked.ts'

/** More than this apart, the clocks of store and computer cannot both be right (I9). */
const skewLimitMs = 300_000

/**
 * One cycle: see `Repository.sweep`. Every step is done for good before the next begins, and each can be done again: a cycle
 * that was cut off has at worst left marks, packs that nothing names, and objects that the ledger gave up and the next cycle
 * removes. Nothing is removed before the ledger has given it up, and the ledger gives nothing up that one of its points needs.
 */
export async function sweep(parts: Parts, options: SweepOptions, signal: AbortSignal): Promise<SweepReport> {
  needWritable(parts)
  const hold = await parts.leases.hold('sweeper', signal)
  try {
    return await sweepUnder(hold.fence, parts, options, signal)
  } finally {
    await giveBack(hold)
  }
}

/** What ended the cycle is to be told, not what comes of it: a lease that cannot be given back dies by itself. */
async function giveBack(hold: Hold): Promise<void> {
  try {
    await hold[Symbol.asyncDispose]()
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown
  }
}

async function sweepUnder(
  fence: number,
  parts: Parts,
  options: SweepOptions,
  signal: AbortSignal,
): Promise<SweepReport> {
  const now = await needTrueClock(parts, signal)
  await parts.leases.living(signal)
  const given = [...parts.ledger.state.sweeping]
  const cycle: Cycle = { parts, options, fence, now, report: emptyReport(), signal }
  const gone = await removeAgain(cycle, given)
  const purged = await purgeTrash(cycle)
  const live = await lookAtPoints(cycle)
  await markUnneeded(cycle, live, purged)
  const swept = await sweepMarked(cycle, live)
  await rewriteIndexes(cycle, swept.shrunk)
  await repackWaste(cycle, swept.live)
  await finish(cycle, gone)
  return cycle.report
}

export function upkeepOf({ holdings, ledger }: Parts): ReturnType<Repository['upkeep']> {
  const { cycles, cycledAt, marks } = ledger.state
  const { places } = holdings
  let markedBytes = 0
  for (const number of places.numbers) {
    const { name, sizeBytes } = places.pack(number)
    if (marks.has(packPath(name))) markedBytes += sizeBytes
  }
  return { cycles, at: cycledAt, markedBytes }
}

/** Answers the store's time. Fails with `clock-skewed`, and with `store-unsuitable` where the store does not tell its time. */
async function needTrueClock(parts: Parts, signal: AbortSignal): Promise<number> {
  const { at, skewMs } = await storeNow(parts, signal)
  if (Math.abs(skewMs) <= skewLimitMs) return at
  const minutes = Math.round(Math.abs(skewMs) / 60_000)
  const message = `This computer's clock is ${minutes} minutes ${skewMs > 0 ? 'ahead of' : 'behind'} that of ${parts.store.title}`
  throw new Failure('clock-skewed', message)
}

/** What earlier cycles gave up: a request to put that was long under way may have come after it was removed. */
async function removeAgain(
  cycle: Cycle,
  given: readonly (readonly [number, readonly string[]])[],
): Promise<readonly number[]> {
  const gone: number[] = []
  for (const [number, paths] of given) if (await removeObjects(cycle, paths)) gone.push(number)
  return gone
}

/** Fails when anything cannot be read that says what is needed: then nothing may be removed. */
async function lookAtPoints({ options, parts, signal }: Cycle): Promise<Liveness> {
  await parts.turns.run(async () => {
    await parts.ledger.advance(signal)
    await catchUp(parts, signal)
  })
  const live = new Liveness(parts)
  await live.extend((bytes) => options.onRead(bytes, totalMapBytes(parts)), signal)
  return live
}

async function finish({ fence, parts, signal }: Cycle, gone: readonly number[]): Promise<void> {
  const body = () => {
    parts.leases.need(fence)
    return { kind: 'cycle', swept: [...gone], fence } as const
  }
  await parts.turns.run(() => appendEntry(parts, body, signal))
}

function emptyReport(): SweepReport {
  const marked = { purged: 0, marked: 0, markedBytes: 0, revived: 0 }
  return { ...marked, removed: 0, removedBytes: 0, locked: 0, repacked: 0, repackedBytes: 0 }
}
