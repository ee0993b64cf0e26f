import type { Proof } from '../../shared/history.ts'
import type { Repository } from '../../shared/repository.ts'
import type { LineageNode } from '../lineage/lineage.ts'

/** What is known of points beside what they hold: ids of those that are pinned, damaged, or proven to be whole. */
export type Marks = {
  readonly pinned: ReadonlySet<string>
  readonly damaged: ReadonlySet<string>
  readonly proven: ReadonlySet<string>
}

/** The newest proof of a point counts; a repository's verification knows of damage as well. */
export function marksOf(
  pins: readonly string[],
  repositories: readonly Repository[],
  proofsOf: ReadonlyMap<string, readonly Proof[]>,
): Marks {
  const damaged = new Set(repositories.flatMap(({ coverage }) => coverage.damaged))
  const proven = new Set<string>()
  for (const [pointId, proofs] of proofsOf) {
    if (proofs.at(-1)?.damaged === true) damaged.add(pointId)
    else if (!damaged.has(pointId)) proven.add(pointId)
  }
  return { pinned: new Set(pins), damaged, proven }
}

export function isDamaged(node: LineageNode, { damaged }: Marks): boolean {
  return node.kind === 'point' && damaged.has(node.point.id)
}
