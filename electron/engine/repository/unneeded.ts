import { indexPath, packPath } from './format/index.ts'
import type { Liveness } from './live.ts'
import { namedPacks } from './live-records.ts'
import type { Parts } from './parts.ts'

/** Names of packs that no point needs and that are not marked. Packs that the ledger does not name yet are not among them. */
export function unneededPacks({ holdings, ledger }: Parts, live: Liveness): readonly string[] {
  const unneeded = [...namedPacks(holdings)].filter((pack) => !live.needs(pack))
  return unneeded
    .map((pack) => holdings.places.pack(pack).name)
    .filter((name) => !ledger.state.marks.has(packPath(name)))
}

/** True for a pack that no index names, here or in the ledger, and for one that no point needs. */
export function isUnneededPack({ holdings }: Parts, live: Liveness, name: string): boolean {
  const number = holdings.places.numberOf(name)
  return number === undefined || (!holdings.isUnnamed(name) && !live.needs(number))
}

/**
 * Indexes of the ledger that are not needed so that every pack, but those in `going`, is named by one. Of several that name
 * the same packs the newest unmarked one is needed.
 */
export function unneededIndexes({ holdings, ledger }: Parts, going: ReadonlySet<string>): readonly string[] {
  const isMarked = (name: string): boolean => ledger.state.marks.has(indexPath(name))
  const newestFirst = [...holdings.indexes].reverse()
  const unmarked = newestFirst.filter(([name]) => !isMarked(name))
  const marked = newestFirst.filter(([name]) => isMarked(name))
  const covered = new Set<number>()
  const unneeded: string[] = []
  for (const [name, packs] of [...unmarked, ...marked]) {
    const fresh = packs.filter((pack) => !covered.has(pack) && !going.has(holdings.places.pack(pack).name))
    if (fresh.length === 0) unneeded.push(name)
    for (const pack of fresh) covered.add(pack)
  }
  return unneeded
}

/** Manifests that points of the ledger have, those in the trash too. */
export function neededManifests({ ledger }: Parts): ReadonlySet<string> {
  return new Set([...ledger.state.points.values()].map(({ manifest }) => manifest))
}

/** The last part of a path. */
export function nameIn(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
