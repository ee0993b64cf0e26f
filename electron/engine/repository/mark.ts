import { forEachParallel } from '../base/parallel.ts'
import { appendEntry } from './append.ts'
import type { Cycle } from './cycle.ts'
import { indexPath, packPath } from './format/index.ts'
import { type Named, pathsOf } from './ledger-state.ts'
import type { Liveness } from './live.ts'
import { findOrphans, isYoung } from './orphans.ts'
import type { Parts } from './parts.ts'
import { isUnneededPack, nameIn, neededManifests, unneededIndexes, unneededPacks } from './unneeded.ts'

const statsAtOnce = 16

/**
 * Marks what no point needs, and takes back the marks of what is needed again. A mark only keeps new points from relying on
 * an object: it may be wrong for a while, and nothing goes because of it alone. Packs that were put lately are left alone: a
 * run that was cut off goes on with them.
 */
export async function markUnneeded(cycle: Cycle, live: Liveness, purged: readonly string[]): Promise<void> {
  const { fence, parts, report, signal } = cycle
  const orphans = await findOrphans(cycle)
  const packs = [...orphans.packs, ...(await oldOf(cycle, unneededPacks(parts, live)))]
  const candidates = { ...orphans, packs, manifests: [...new Set([...orphans.manifests, ...purged])] }
  let marked = unneededOf(parts, live, candidates)
  let revived = neededOf(parts, live)
  if (pathsOf(marked).length + pathsOf(revived).length === 0) return
  const body = async () => {
    parts.leases.need(fence)
    await live.extend(() => {}, signal)
    marked = unneededOf(parts, live, candidates)
    revived = neededOf(parts, live)
    return { kind: 'mark', ...marked, revived, fence } as const
  }
  await parts.turns.run(() => appendEntry(parts, body, signal))
  report.marked += pathsOf(marked).length
  report.markedBytes += await bytesOf(cycle, pathsOf(marked))
  report.revived += pathsOf(revived).length
}

/** Of the candidates what is unneeded now, and the indexes that are of no use without these packs. */
function unneededOf(parts: Parts, live: Liveness, candidates: Named): Named {
  const { indexes, marks } = parts.ledger.state
  const manifests = neededManifests(parts)
  const packs = candidates.packs.filter((name) => isUnneededPack(parts, live, name))
  const marked = [...marks.keys()].map(nameIn).filter((name) => isUnneededPack(parts, live, name))
  const unmarked = unneededIndexes(parts, new Set([...packs, ...marked])).filter((name) => !marks.has(indexPath(name)))
  return {
    packs,
    indexes: [...candidates.indexes.filter((name) => !indexes.has(name)), ...unmarked],
    manifests: candidates.manifests.filter((name) => !manifests.has(name)),
  }
}

/** What is marked and needed all the same. */
function neededOf(parts: Parts, live: Liveness): Named {
  const { holdings, ledger } = parts
  const marked = [...ledger.state.marks.keys()].map(nameIn)
  const manifests = neededManifests(parts)
  const isNeeded = (name: string): boolean => {
    const number = holdings.places.numberOf(name)
    return number !== undefined && live.needs(number)
  }
  const unneeded = new Set(unneededIndexes(parts, new Set(marked.filter((name) => !isNeeded(name)))))
  return {
    packs: marked.filter(isNeeded),
    indexes: marked.filter((name) => ledger.state.indexes.has(name) && !unneeded.has(name)),
    manifests: marked.filter((name) => manifests.has(name)),
  }
}

async function oldOf(cycle: Cycle, packs: readonly string[]): Promise<readonly string[]> {
  const { parts, signal } = cycle
  const old: string[] = []
  await forEachParallel(packs, statsAtOnce, async (name) => {
    const found = await parts.store.stat(packPath(name), signal)
    if (found?.modifiedAt === undefined || !isYoung(cycle, found.modifiedAt)) old.push(name)
  })
  return old
}

async function bytesOf({ parts, signal }: Cycle, paths: readonly string[]): Promise<number> {
  let bytes = 0
  await forEachParallel(paths, statsAtOnce, async (path) => {
    const found = await parts.store.stat(path, signal)
    bytes += found?.sizeBytes ?? 0
  })
  return bytes
}
