import type { Turn } from '../../shared/history.ts'
import type { Machine, Snapshot } from '../../shared/machine.ts'
import type { Point } from '../../shared/point.ts'
import { type Event, eventsOf } from './events.ts'

type Place = {
  /** `point:…`, `snapshot:…` or `here`: one node each. */
  readonly key: string
  /** Index of the node it grew from, which is a smaller one; absent for a beginning. */
  readonly parent?: number
  /** Among the ancestors of the machine as it is now. */
  readonly live: boolean
}

export type PointNode = Place & { readonly kind: 'point'; readonly at: number; readonly point: Point }
export type SnapshotNode = Place & { readonly kind: 'snapshot'; readonly at?: number; readonly snapshot: Snapshot }
export type HereNode = Place & { readonly kind: 'here'; readonly machine: Machine }
/** One state that a machine was in and can go back to, or the one that it is in now. */
export type LineageNode = PointNode | SnapshotNode | HereNode

export type LineageFacts = {
  /** Absent for a machine that no host knows any more. */
  readonly machine: Machine | undefined
  readonly points: readonly Point[]
  readonly turns: readonly Turn[]
}

/**
 * Everything a machine can go back to, oldest first, so that a parent always stands before its children.
 *
 * The machine's life is played again: each point and snapshot grew from the state the machine was in at its moment, and each
 * turn set that state back. A snapshot's own parent, as the hypervisor tells it, outweighs this: where it is not the snapshot
 * that the played state came from, somebody went back without this console, and what follows grows from that parent. Only a
 * restore in place changes disks without the hypervisor's knowing, so after one the played state counts.
 * A turn to something that is gone is a new beginning: what it grew from can no longer be shown.
 */
export function lineageOf({ machine, points, turns }: LineageFacts): readonly LineageNode[] {
  const play = new Play()
  for (const event of eventsOf(machine?.snapshots ?? [], points, turns)) play.take(event)
  return play.end(machine)
}

type Draft = { readonly parent: number | undefined; readonly snapshotAbove: number | undefined } & (
  | { readonly kind: 'point'; readonly point: Point }
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot }
)

/** The machine's life as far as it has been played: what there is, and from what the next thing would grow. */
class Play {
  readonly #drafts: Draft[] = []
  readonly #snapshots = new Map<string, number>()
  readonly #points = new Map<string, number>()
  #head: number | undefined
  /** The head was set by a restore in place, which the hypervisor's own tree knows nothing of. */
  #restored = false
  /** The newest point whose record of changed blocks did not fit, where nothing that was played explains it. */
  #forked: number | undefined
  /** The machine turned and no point was taken since: that the next one's record does not fit is no wonder. */
  #turned = false

  take(event: Event): void {
    if (event.kind === 'point') this.#takePoint(event.point)
    else if (event.kind === 'snapshot') this.#takeSnapshot(event.snapshot)
    else this.#turn(event.turn)
  }

  #takePoint(point: Point): void {
    const isForked = point.disks.some(({ cause }) => cause === 'checkpoint-forked')
    if (isForked && !this.#turned) this.#forked = this.#drafts.length
    this.#turned = false
    this.#points.set(point.id, this.#drafts.length)
    this.#grow({ kind: 'point', point, parent: this.#head, snapshotAbove: this.#snapshotAbove(this.#head) })
  }

  #takeSnapshot(snapshot: Snapshot): void {
    const own = snapshot.parent === undefined ? undefined : this.#snapshots.get(snapshot.parent)
    if (!this.#restored) this.#goBackUnseen(own)
    this.#restored = false
    this.#forked = undefined
    const at = this.#drafts.length
    this.#snapshots.set(snapshot.name, at)
    this.#grow({ kind: 'snapshot', snapshot, parent: this.#head, snapshotAbove: at })
  }

  #turn({ to }: Turn): void {
    this.#head = to.kind === 'point' ? this.#points.get(to.pointId) : this.#snapshots.get(to.name)
    this.#restored = to.kind === 'point'
    this.#turned = true
    this.#forked = undefined
  }

  #grow(draft: Draft): void {
    this.#head = this.#drafts.push(draft) - 1
  }

  #snapshotAbove(index: number | undefined): number | undefined {
    return index === undefined ? undefined : this.#drafts[index]?.snapshotAbove
  }

  /**
   * The hypervisor says that the machine came from `snapshot`, whatever was played. When it went back is told by the first
   * point whose record of changed blocks no longer fitted; without one nothing was backed up since.
   */
  #goBackUnseen(snapshot: number | undefined): void {
    if (snapshot === undefined || this.#snapshotAbove(this.#head) === snapshot) return
    if (this.#forked === undefined) this.#head = snapshot
    else this.#regrow(this.#forked, snapshot)
  }

  /** Everything since `from` is one unbroken line of points. */
  #regrow(from: number, snapshot: number): void {
    for (let index = from; index < this.#drafts.length; index++) {
      const draft = this.#drafts[index]
      if (draft?.kind !== 'point') continue
      const parent = index === from ? snapshot : draft.parent
      this.#drafts[index] = { ...draft, parent, snapshotAbove: snapshot }
    }
  }

  end(machine: Machine | undefined): readonly LineageNode[] {
    const current = machine?.snapshots.find((snapshot) => snapshot.current)?.name
    if (current !== undefined && !this.#restored) this.#goBackUnseen(this.#snapshots.get(current))
    const live = this.#ancestorsOf(this.#head)
    const nodes: LineageNode[] = this.#drafts.map((draft, index) => nodeOf(draft, live.has(index)))
    if (machine === undefined) return nodes
    return [...nodes, { kind: 'here', key: 'here', live: true, machine, ...parentOf(this.#head) }]
  }

  #ancestorsOf(index: number | undefined): ReadonlySet<number> {
    const ancestors = new Set<number>()
    for (let up = index; up !== undefined; up = this.#drafts[up]?.parent) ancestors.add(up)
    return ancestors
  }
}

function nodeOf(draft: Draft, live: boolean): LineageNode {
  if (draft.kind === 'point') {
    const { point } = draft
    return { kind: 'point', key: pointKey(point.id), at: point.createdAt, point, live, ...parentOf(draft.parent) }
  }
  const { snapshot } = draft
  const at = snapshot.createdAt === undefined ? {} : { at: snapshot.createdAt }
  return { kind: 'snapshot', key: snapshotKey(snapshot.name), ...at, snapshot, live, ...parentOf(draft.parent) }
}

function parentOf(parent: number | undefined): { readonly parent?: number } {
  return parent === undefined ? {} : { parent }
}

export function pointKey(id: string): string {
  return `point:${id}`
}

export function snapshotKey(name: string): string {
  return `snapshot:${name}`
}
