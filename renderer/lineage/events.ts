import type { Turn } from '../../shared/history.ts'
import type { Snapshot } from '../../shared/machine.ts'
import type { Point } from '../../shared/point.ts'

/** What happened to a machine at a moment (milliseconds since 1970; a snapshot's may be unknown, then its parent's counts). */
export type Event =
  | { readonly kind: 'snapshot'; readonly at: number; readonly rank: number; readonly snapshot: Snapshot }
  | { readonly kind: 'point'; readonly at: number; readonly point: Point }
  | { readonly kind: 'turn'; readonly at: number; readonly turn: Turn }

/** At one moment a snapshot was there before the point, and both before the machine turned. */
const order = { snapshot: 0, point: 1, turn: 2 } as const

/** In the order in which they happened. A point that lies in several repositories happened once. */
export function eventsOf(
  snapshots: readonly Snapshot[],
  points: readonly Point[],
  turns: readonly Turn[],
): readonly Event[] {
  const distinct = new Map(points.map((point) => [point.id, point]))
  const events: Event[] = [
    ...snapshotEvents(snapshots),
    ...[...distinct.values()].map((point) => ({ kind: 'point' as const, at: point.createdAt, point })),
    ...turns.map((turn) => ({ kind: 'turn' as const, at: turn.at, turn })),
  ]
  return events.sort((a, b) => a.at - b.at || order[a.kind] - order[b.kind] || tieOf(a, b))
}

function tieOf(a: Event, b: Event): number {
  if (a.kind === 'snapshot' && b.kind === 'snapshot') return a.rank - b.rank
  if (a.kind === 'point' && b.kind === 'point') return a.point.id < b.point.id ? -1 : 1
  return 0
}

type Taken = { readonly at: number; readonly rank: number }

/** A snapshot comes after its parent even where the host's clock says otherwise, or nothing. */
function snapshotEvents(snapshots: readonly Snapshot[]): readonly Event[] {
  const byName = new Map(snapshots.map((snapshot) => [snapshot.name, snapshot]))
  const taken = new Map<string, Taken>()
  for (const snapshot of byName.values()) {
    for (const each of pathDown(snapshot, byName, taken)) {
      const parent = each.parent === undefined ? undefined : taken.get(each.parent)
      const after = parent?.at ?? Number.NEGATIVE_INFINITY
      taken.set(each.name, { at: Math.max(each.createdAt ?? after, after), rank: (parent?.rank ?? -1) + 1 })
    }
  }
  const untold = { at: Number.NEGATIVE_INFINITY, rank: 0 }
  return [...byName.values()].map((snapshot) => ({
    kind: 'snapshot',
    snapshot,
    ...(taken.get(snapshot.name) ?? untold),
  }))
}

/** From the oldest ancestor that is not taken yet down to the snapshot; a ring of parents is cut where it closes. */
function pathDown(
  snapshot: Snapshot,
  byName: ReadonlyMap<string, Snapshot>,
  taken: ReadonlyMap<string, Taken>,
): readonly Snapshot[] {
  const path = new Set<Snapshot>()
  for (let up: Snapshot | undefined = snapshot; up !== undefined && !taken.has(up.name) && !path.has(up); ) {
    path.add(up)
    up = up.parent === undefined ? undefined : byName.get(up.parent)
  }
  return [...path].reverse()
}
