import type { EntryKey } from './entries.ts'
import type { FileTables } from './file-catalog.ts'
import { type FolderId, volumeOf } from './folders.ts'
import type { Interval } from './intervals.ts'
import type { NameMatch } from './name-match.ts'

/** Where is looked: undefined is everywhere. */
export type Scope = {
  readonly volumes: readonly number[] | undefined
  /** The folders, one for each volume, below which it has to lie. */
  readonly folders: readonly FolderId[] | undefined
  /** Only what is gone, and was there after this moment. */
  readonly deletedSince: number | undefined
}

export type Found = { readonly key: EntryKey; readonly rank: number; readonly newest: Interval }

/** Files that are looked at, and files that are ranked, for one question. */
const work = { keys: 1500, found: 500 }

/** Gathers what fits into a scope, until it has done as much as one question may cost. */
export class Gathering {
  readonly found = new Map<string, Found>()
  readonly #tables: FileTables
  readonly #scope: Scope
  readonly #inScope = new Map<FolderId, boolean>()
  readonly #tidy = new Map<number, boolean>()
  #keys = 0
  #isCut = false

  constructor(tables: FileTables, scope: Scope) {
    this.#tables = tables
    this.#scope = scope
  }

  /** Something was left out. */
  get isCut(): boolean {
    return this.#isCut
  }

  /** Something had to be left out elsewhere. */
  cut(): void {
    this.#isCut = true
  }

  /** Everything that bears one of the names, the first name first, in `each` where that is given; false when that was enough. */
  take(
    names: readonly NameMatch[],
    each: (key: EntryKey, rank: number) => void = (key, rank) => this.add(key, rank),
  ): boolean {
    const ranks = new Map(names.map(({ name, rank }) => [name, rank]))
    for (const volume of this.#scope.volumes ?? [undefined]) {
      for (const key of this.#tables.entries.holding([...ranks.keys()], volume, work.keys)) {
        if (!this.mayTake()) return false
        each(key, ranks.get(key.name) ?? 0)
      }
    }
    return true
  }

  /** Asked before each file. */
  mayTake(): boolean {
    this.#keys++
    const isEnough = this.#keys > work.keys || this.found.size >= work.found
    this.#isCut ||= isEnough
    return !isEnough
  }

  add(key: EntryKey, rank: number): void {
    const text = `${key.folder} ${key.name}`
    if (this.found.has(text) || !this.holds(key.folder)) return
    const newest = this.#tables.entries.newest(key.folder, key.name)
    if (newest === undefined) return
    const { deletedSince } = this.#scope
    if (deletedSince !== undefined && this.#isThere(key.folder, newest, deletedSince)) return
    this.found.set(text, { key: { folder: key.folder, name: key.name }, rank, newest })
  }

  /** Whether what lies in the folder is in the scope. */
  holds(folder: FolderId): boolean {
    const { volumes, folders } = this.#scope
    if (volumes !== undefined && !volumes.includes(volumeOf(folder))) return false
    return folders === undefined || this.#isBelow(folder, folders)
  }

  /** Told by its last interval alone: of a volume that is not tidy that may be one that no point has. */
  #isThere(folder: FolderId, { until }: Interval, deletedSince: number): boolean {
    const isThere = until === undefined || until <= deletedSince
    return isThere && this.#isTidy(volumeOf(folder))
  }

  #isTidy(volume: number): boolean {
    const known = this.#tidy.get(volume)
    if (known !== undefined) return known
    const row = this.#tables.volumes.get(volume)
    const isTidy = row !== undefined && !row.untidy && row.draft === undefined
    this.#tidy.set(volume, isTidy)
    return isTidy
  }

  #isBelow(folder: FolderId, tops: readonly FolderId[]): boolean {
    const known = this.#inScope.get(folder)
    if (known !== undefined) return known
    const parent = this.#tables.folders.place(folder)?.parent
    const isBelow = tops.includes(folder) || (parent !== undefined && this.#isBelow(parent, tops))
    this.#inScope.set(folder, isBelow)
    return isBelow
  }
}
