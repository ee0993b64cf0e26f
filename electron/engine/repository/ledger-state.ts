import type { PointId } from '../../../shared/point.ts'
import type { LockRule } from '../../../shared/repository.ts'
import type { Entry, ReadEntry } from './format/entry.ts'
import { indexPath, packPath } from './format/index.ts'
import { manifestPath } from './format/manifest.ts'

/** A point that was not purged. `number` is that of its entry. */
export type LedgerPoint = {
  readonly id: PointId
  readonly manifest: string
  readonly number: number
  /** Set while it is in the trash. */
  readonly dropped?: { readonly number: number; readonly at: number; readonly why: 'retention' | 'person' }
}

export type Note = { readonly pinned: boolean; readonly labels: readonly string[] }

export type Lease = {
  /** The number of its entry: the fencing number. */
  readonly fence: number
  readonly role: 'writer' | 'sweeper'
  /** As `base/holder.ts` makes it. */
  readonly holder: string
  /** On the clock of whoever took it. */
  readonly at: number
}

/** An object that no point needed when a mark was written. */
export type Mark = { readonly number: number; readonly cycles: number }

type PointChange = Extract<Entry, { kind: 'note' | 'drop' | 'recover' | 'purge' }>
type Upkeep = Extract<Entry, { kind: 'mark' | 'sweep' | 'cycle' }>

/** Objects by their names. */
export type Named = Pick<Extract<Entry, { kind: 'sweep' }>, 'packs' | 'indexes' | 'manifests'>

/**
 * What the entries of a ledger come to, in their order: pure, so that every engine that read the same entries knows the same.
 * An entry of a purged point, a released lease or a removed object leaves nothing behind.
 */
export class LedgerState {
  /** In the order of their entries. */
  readonly points = new Map<PointId, LedgerPoint>()
  readonly notes = new Map<PointId, Note>()
  /** Names of indexes that are to be known: named by an entry and not swept. */
  readonly indexes = new Set<string>()
  /** Names of packs whose chunks are not relied on by new points (I11). */
  readonly bad = new Set<string>()
  /** By path. Marked packs are not relied on by new points either. */
  readonly marks = new Map<string, Mark>()
  /** Paths that a `sweep` entry gave up and whose removal no `cycle` entry has confirmed, by the number of that entry. */
  readonly sweeping = new Map<number, readonly string[]>()
  /** Paths of everything that a `sweep` entry ever gave up: names do not come back, whoever names one again does so too late. */
  readonly swept = new Set<string>()
  /** Leases that nobody has released, by their fencing numbers. */
  readonly leases = new Map<number, Lease>()
  /** Finished cycles of upkeep. */
  cycles = 0
  /** When the last one was finished, on the clock of whoever did. */
  cycledAt: number | undefined
  epoch = 1
  lock: LockRule | undefined

  /** True once an object of this path was given up. */
  isSwept(path: string): boolean {
    return this.swept.has(path)
  }

  apply(entry: ReadEntry): void {
    switch (entry.kind) {
      case 'point':
        this.points.set(entry.pointId, { id: entry.pointId, manifest: entry.manifest, number: entry.number })
        this.#know(entry.indexes)
        return
      case 'indexes':
        this.#know(entry.indexes)
        return
      case 'release':
        this.leases.delete(entry.fence)
        this.#know(entry.indexes)
        return
      case 'lease':
        this.leases.set(entry.number, {
          fence: entry.number,
          role: entry.role,
          holder: entry.holder,
          at: entry.at,
        })
        return
      case 'bad':
        for (const pack of entry.packs) this.bad.add(pack)
        return
      case 'epoch':
        this.epoch = Math.max(this.epoch, entry.epoch)
        return
      case 'lock':
        this.lock = entry.rule ?? undefined
        return
      case 'created':
      case 'unknown':
        return
      default:
        this.#applyToPoints(entry)
    }
  }

  #applyToPoints(entry: PointChange | Upkeep): void {
    switch (entry.kind) {
      case 'note':
        this.notes.set(entry.pointId, { pinned: entry.pinned, labels: entry.labels })
        return
      case 'drop':
        for (const id of entry.pointIds) this.#drop(id, { number: entry.number, at: entry.at, why: entry.why })
        return
      case 'recover':
        for (const id of entry.pointIds) this.#recover(id)
        return
      case 'purge':
        for (const id of entry.pointIds) this.#purge(id)
        return
      default:
        this.#applyUpkeep(entry)
    }
  }

  #applyUpkeep(entry: Upkeep): void {
    switch (entry.kind) {
      case 'mark':
        for (const path of pathsOf(entry)) this.marks.set(path, { number: entry.number, cycles: this.cycles })
        for (const path of pathsOf(entry.revived)) this.marks.delete(path)
        return
      case 'sweep':
        this.#sweep(entry)
        return
      case 'cycle':
        for (const number of entry.swept) this.sweeping.delete(number)
        this.cycles++
        this.cycledAt = entry.at
    }
  }

  /** A point that is in the trash already stays there from when it came. */
  #drop(id: PointId, dropped: NonNullable<LedgerPoint['dropped']>): void {
    const point = this.points.get(id)
    if (point !== undefined && point.dropped === undefined) this.points.set(id, { ...point, dropped })
  }

  #recover(id: PointId): void {
    const point = this.points.get(id)
    if (point !== undefined) this.points.set(id, { id, manifest: point.manifest, number: point.number })
  }

  /** Only what is in the trash ends. */
  #purge(id: PointId): void {
    if (this.points.get(id)?.dropped === undefined) return
    this.points.delete(id)
    this.notes.delete(id)
  }

  #sweep(entry: Extract<Entry, { kind: 'sweep' }>): void {
    const paths = pathsOf(entry)
    this.sweeping.set(entry.number, paths)
    for (const path of paths) {
      this.swept.add(path)
      this.marks.delete(path)
    }
    for (const index of entry.indexes) this.indexes.delete(index)
    for (const pack of entry.packs) this.bad.delete(pack)
  }

  #know(indexes: readonly string[]): void {
    for (const index of indexes) this.indexes.add(index)
  }
}

/** Of the objects that an entry names. */
export function pathsOf({ packs, indexes, manifests }: Named): readonly string[] {
  return [...packs.map(packPath), ...indexes.map(indexPath), ...manifests.map(manifestPath)]
}
