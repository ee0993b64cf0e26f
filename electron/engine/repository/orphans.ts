import type { ObjectInfo } from '../store/store.ts'
import type { Cycle } from './cycle.ts'
import { entryName, hex32 } from './format/entry.ts'
import { indexPath, packPath } from './format/index.ts'
import { manifestPath } from './format/manifest.ts'
import type { Named } from './ledger-state.ts'
import type { Parts } from './parts.ts'
import { nameIn, neededManifests } from './unneeded.ts'

/**
 * Objects that a listing shows and that the ledger does not name: left behind by runs that were cut off. What was put after
 * the oldest lease that is not over was taken may belong to its holder, and what is younger than the grace to somebody who
 * goes on soon: neither is among them.
 */
export async function findOrphans(cycle: Cycle): Promise<Named> {
  const [packs, indexes, manifests] = [
    await orphansIn(cycle, 'packs/', packPath),
    await orphansIn(cycle, 'indexes/', indexPath),
    await orphansIn(cycle, 'manifests/', manifestPath),
  ]
  return { packs, indexes, manifests }
}

async function orphansIn(cycle: Cycle, prefix: string, pathOf: (name: string) => string): Promise<string[]> {
  const { parts, signal } = cycle
  const putBefore = await beginOfLeases(cycle)
  const isKnown = knownPaths(parts)
  const orphans = new Set<string>()
  for await (const info of parts.store.list(prefix, signal)) {
    const name = nameIn(info.name)
    if (!hex32.safeParse(name).success || info.name !== pathOf(name) || isKnown(info.name)) continue
    const putAt = await putAtOf(cycle, info)
    if (putAt !== undefined && putAt < putBefore && !isYoung(cycle, putAt)) orphans.add(name)
  }
  return [...orphans]
}

/** Whether something was put so lately that a run that was cut off may go on with it. */
export function isYoung({ now, options }: Cycle, putAt: number): boolean {
  return now - putAt < options.graceMs
}

/** What was swept and came again, because a request was long under way, is known only until that is confirmed. */
function knownPaths(parts: Parts): (path: string) => boolean {
  const { holdings, ledger } = parts
  const manifests = neededManifests(parts)
  const given = new Set([...ledger.state.sweeping.values()].flat())
  return (path) => {
    const name = nameIn(path)
    const isNamed =
      holdings.places.numberOf(name) !== undefined || ledger.state.indexes.has(name) || manifests.has(name)
    return isNamed || ledger.state.marks.has(path) || given.has(path)
  }
}

/** When the oldest lease beside the sweeper's own was taken; the end of time where there is none. */
async function beginOfLeases({ fence, parts, signal }: Cycle): Promise<number> {
  const others = [...parts.ledger.state.leases.keys()].filter((lease) => lease !== fence)
  if (others.length === 0) return Number.POSITIVE_INFINITY
  const found = await parts.store.stat(entryName(Math.min(...others)), signal)
  return found?.modifiedAt ?? Number.NEGATIVE_INFINITY
}

async function putAtOf({ parts, signal }: Cycle, { modifiedAt, name }: ObjectInfo): Promise<number | undefined> {
  return modifiedAt ?? (await parts.store.stat(name, signal))?.modifiedAt
}
