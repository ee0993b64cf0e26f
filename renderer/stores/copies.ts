import type { Point } from '../../shared/point.ts'
import type { Repository } from '../../shared/repository.ts'

/** Ids of the repositories that hold `point`, the one that is read first in front. */
export function holdersOf({ repositoryId, copies = [] }: Point): readonly string[] {
  return [...new Set([repositoryId, ...copies])]
}

export function isIn(point: Point, repositoryId: string): boolean {
  return point.repositoryId === repositoryId || (point.copies?.includes(repositoryId) ?? false)
}

/** What the 3-2-1 rule wants of every point; two sites are one away from the machine, two accounts are more than one thief has. */
export const wanted = { copies: 3, media: 2, sites: 2, credentials: 2 } as const
export type Counted = keyof typeof wanted

export type CopyCounts = {
  /** The fewest that any of the points has. The machine itself counts as one copy. */
  readonly fewest: Readonly<Record<Counted, number>>
  /** Points that have too few copies. */
  readonly short: number
  /** Repositories with these points of which nobody has said on what they lie, or where. */
  readonly unsaid: number
}

/** Undefined without points. What nobody has said of a repository counts as nothing. */
export function countCopies(points: readonly Point[], repositories: readonly Repository[]): CopyCounts | undefined {
  const byId = new Map(repositories.map((repository) => [repository.id, repository]))
  const groups = Map.groupBy(points, (point) => holdersOf(point).toSorted().join())
  const counted = [...groups.values()].map((group) => {
    const [first] = group
    const holders = (first === undefined ? [] : holdersOf(first)).flatMap((id) => byId.get(id) ?? [])
    return { group, holders, counts: countsOf(holders) }
  })
  if (counted.length === 0) return undefined
  const least = (which: Counted): number => Math.min(...counted.map(({ counts }) => counts[which]))
  const involved = new Set(counted.flatMap(({ holders }) => holders))
  return {
    fewest: {
      copies: least('copies'),
      media: least('media'),
      sites: least('sites'),
      credentials: least('credentials'),
    },
    short: counted
      .filter(({ counts }) => counts.copies < wanted.copies)
      .reduce((sum, { group }) => sum + group.length, 0),
    unsaid: [...involved].filter(({ place }) => place === undefined || place.site.trim() === '').length,
  }
}

function countsOf(holders: readonly Repository[]): Readonly<Record<Counted, number>> {
  const sites = holders.map(({ place }) => place?.site.trim().toLowerCase()).filter((site) => Boolean(site))
  return {
    copies: holders.length + 1,
    media: new Set(holders.flatMap(({ place }) => place?.medium ?? [])).size,
    sites: new Set(sites).size,
    credentials: new Set(holders.map(accountOf)).size,
  }
}

/** Who could delete it: the window never learns accounts, so folders of this machine are one, and buckets of one endpoint. */
function accountOf({ address }: Repository): string {
  return address.kind === 'folder' ? 'folder' : (address.endpoint ?? 'aws').toLowerCase()
}
