import { forEachParallel } from '../base/parallel.ts'
import { appendEntry } from './append.ts'
import { type Cycle, isOlder } from './cycle.ts'
import { entryName } from './format/entry.ts'
import { indexPath, packPath } from './format/index.ts'
import { manifestPath } from './format/manifest.ts'
import { type Named, pathsOf } from './ledger-state.ts'
import { Liveness } from './live.ts'
import { removeObjects } from './removal.ts'
import { isUnneededPack, nameIn, neededManifests, unneededIndexes } from './unneeded.ts'

/** `live` is what points need by now; `shrunk` are indexes that name packs which are gone. */
export type Swept = { readonly live: Liveness; readonly shrunk: readonly string[] }

const statsAtOnce = 16

/**
 * Gives up, in the ledger, what was marked for long enough and is still unneeded at the entry's very place in it; then
 * removes it. An object is kept while a lease is not over that was taken before its mark: its holder may have relied on it.
 */
export async function sweepMarked(cycle: Cycle, first: Liveness): Promise<Swept> {
  const { fence, parts, signal } = cycle
  const ripe = await ripeMarks(cycle)
  if (ripe.size === 0) return { live: first, shrunk: [] }
  const settled = await settledPacks(cycle)
  let live = first
  let swept = dueOf(cycle, ripe, settled, live)
  if (pathsOf(swept).length === 0) return { live, shrunk: [] }
  if (parts.plants.has('sweep-first')) await removeObjects(cycle, pathsOf(swept))
  let shrunk: readonly string[] = []
  const body = async () => {
    parts.leases.need(fence)
    if (live.records.isStale) live = new Liveness(parts)
    await live.extend(() => {}, signal)
    swept = dueOf(cycle, ripe, settled, live)
    shrunk = losing(cycle, swept)
    return { kind: 'sweep', ...swept, fence } as const
  }
  await parts.turns.run(() => appendEntry(parts, body, signal))
  await removeObjects(cycle, pathsOf(swept))
  return { live, shrunk }
}

/** Numbers of the marks, by path, that stand for long enough on the store's clock and for enough finished cycles. */
async function ripeMarks(cycle: Cycle): Promise<ReadonlyMap<string, number>> {
  const { options, parts } = cycle
  const { cycles, marks } = parts.ledger.state
  const isHasty = parts.plants.has('no-grace')
  const finished = [...marks].filter(([, mark]) => isHasty || cycles - mark.cycles >= options.cycles)
  const ripe = new Set<number>()
  await forEachParallel(new Set(finished.map(([, { number }]) => number)), statsAtOnce, async (number) => {
    if (isHasty || (await isOlder(cycle, entryName(number), options.graceMs))) ripe.add(number)
  })
  return new Map(finished.map(([path, { number }]) => [path, number] as const).filter(([, number]) => ripe.has(number)))
}

/**
 * Packs that every engine knows which has looked at the ledger within the grace, told by the age of an index that names
 * them. Only these are homes for what lies in a pack that goes: who has not looked since reads it there.
 */
async function settledPacks(cycle: Cycle): Promise<ReadonlySet<number>> {
  const { options, parts } = cycle
  const settled = new Set<number>()
  await forEachParallel([...parts.holdings.indexes], statsAtOnce, async ([name, packs]) => {
    if (!(await isOlder(cycle, indexPath(name), options.graceMs))) return
    for (const pack of packs) settled.add(pack)
  })
  return settled
}

function dueOf(
  { fence, parts }: Cycle,
  ripe: ReadonlyMap<string, number>,
  settled: ReadonlySet<number>,
  live: Liveness,
): Named {
  const { indexes, leases, marks } = parts.ledger.state
  const others = [...leases.keys()].filter((lease) => lease !== fence)
  const oldestLease = parts.plants.has('no-grace') ? Number.POSITIVE_INFINITY : Math.min(...others)
  const due = [...ripe].filter(([path, number]) => marks.get(path)?.number === number && number < oldestLease)
  const named = (path: (name: string) => string): string[] =>
    due.map(([at]) => nameIn(at)).filter((name) => ripe.has(path(name)))
  const isSettled = (name: string): boolean => {
    const number = parts.holdings.places.numberOf(name)
    return number === undefined || [...live.records.homesOf(number)].every((home) => settled.has(home))
  }
  const packs = named(packPath).filter((name) => isUnneededPack(parts, live, name) && isSettled(name))
  const unneeded = new Set(unneededIndexes(parts, new Set(packs)))
  const manifests = neededManifests(parts)
  return {
    packs,
    indexes: named(indexPath).filter((name) => unneeded.has(name) || !indexes.has(name)),
    manifests: named(manifestPath).filter((name) => !manifests.has(name)),
  }
}

/** Indexes that stay and name packs that go. */
function losing({ parts }: Cycle, swept: Named): readonly string[] {
  const going = new Set(swept.packs.map((name) => parts.holdings.places.numberOf(name)))
  const losers = [...parts.holdings.indexes].filter(([, packs]) => packs.some((pack) => going.has(pack)))
  return losers.map(([name]) => name).filter((name) => !swept.indexes.includes(name))
}
