import type { Database } from 'better-sqlite3'
import { type FolderId, foldersOf } from './folders.ts'
import { type Interval, isGone } from './intervals.ts'
import type { NameId } from './names.ts'

/** One name in one folder: whatever was there at any point. */
export type EntryKey = { readonly folder: FolderId; readonly name: NameId }
export type Entry = EntryKey & Interval

export type EntryTable = {
  /** Sorted by time. */
  of(folder: FolderId, name: NameId): readonly Interval[]
  /** Puts `after` in the place of `before`, which is what `of` answered; answers by how many rows they differ. */
  replace(key: EntryKey, before: readonly Interval[], after: readonly Interval[]): number
  /** What a folder has at a point, by the numbers of its names from behind `name` on. */
  page(folder: FolderId, point: number, name: NameId, limit: number): readonly Entry[]
  /** Whatever a volume ever had, from behind `after` on: at least `limit` rows where there are so many, and of each name all. */
  scan(volume: number, after: EntryKey, limit: number): readonly Entry[]
  /** As `scan` of one folder, from behind the name `after` on. */
  scanFolder(folder: FolderId, after: NameId, limit: number): readonly Entry[]
  /** Names that were ever in a folder. */
  names(folder: FolderId, after: NameId, limit: number): readonly NameId[]
  /** The next folder before this one in which something is. */
  folderBefore(volume: number, folder: FolderId): FolderId | undefined
  isEmpty(folder: FolderId): boolean
  isUsed(name: NameId): boolean
  /** As last of `of`. */
  newest(folder: FolderId, name: NameId): Interval | undefined
  /**
   * Where these names are or were, in one volume or in all, in the order of the names; at most `limit`. One that had several contents
   * may come several times.
   */
  holding(names: readonly NameId[], volume: number | undefined, limit: number): readonly EntryKey[]
  /** What was gone at some point after this number, and not followed by anything then; the newest first. */
  gone(after: number): IterableIterator<EntryKey>
  goneIn(volume: number, after: number): IterableIterator<EntryKey>
}

type Row = {
  readonly folder: number
  readonly name: number
  readonly since: number
  readonly until: number | null
  readonly kind: number
  readonly size: number
  readonly modified: number | null
}

const columns = 'folder, name, since, until, kind, size, modified'

export function entryTable(database: Database): EntryTable {
  const of = database.prepare<[number, number], Row>(
    `SELECT ${columns} FROM entry WHERE folder = ? AND name = ? ORDER BY since`,
  )
  const put = database.prepare(`
    INSERT OR REPLACE INTO entry (folder, name, since, until, gone, kind, size, modified) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
  const remove = database.prepare('DELETE FROM entry WHERE folder = ? AND name = ? AND since = ?')
  const page = database.prepare<[number, number, number, number, number], Row>(`
    SELECT ${columns} FROM entry
    WHERE folder = ? AND name > ? AND since <= ? AND (until IS NULL OR until > ?) ORDER BY name LIMIT ?`)
  const scan = database.prepare<[number, number, number, number], Row>(`
    SELECT ${columns} FROM entry WHERE (folder, name) > (?, ?) AND folder <= ? ORDER BY folder, name, since LIMIT ?`)
  const scanFolder = database.prepare<[number, number, number], Row>(
    `SELECT ${columns} FROM entry WHERE folder = ? AND name > ? ORDER BY name, since LIMIT ?`,
  )
  const names = database
    .prepare<[number, number, number], number>(
      'SELECT DISTINCT name FROM entry WHERE folder = ? AND name > ? ORDER BY name LIMIT ?',
    )
    .pluck()
  const before = database
    .prepare<[number, number], number>('SELECT max(folder) FROM entry WHERE folder >= ? AND folder < ?')
    .pluck()

  function write({ folder, name }: EntryKey, intervals: readonly Interval[], at: number): void {
    const interval = intervals[at]
    if (interval === undefined) return
    const { since, until, kind, size, modified } = interval
    put.run(folder, name, since, until ?? null, isGone(intervals, at) ? 1 : 0, kind, size, modified)
  }

  return {
    of: (folder, name) => of.all(folder, name).map(toEntry),
    replace: (key, old, now) => {
      for (const { since } of old) {
        if (!now.some((each) => each.since === since)) remove.run(key.folder, key.name, since)
      }
      for (const [at, interval] of now.entries()) {
        const isStored = old.includes(interval) && isGone(now, at) === isGone(old, old.indexOf(interval))
        if (!isStored) write(key, now, at)
      }
      return now.length - old.length
    },
    page: (folder, point, name, limit) => page.all(folder, name, point, point, limit).map(toEntry),
    scan: (volume, after, limit) => {
      const rows = scan.all(after.folder, after.name, foldersOf(volume)[1], limit).map(toEntry)
      return rows.length < limit ? rows : wholeNames(rows, of)
    },
    scanFolder: (folder, after, limit) => {
      const rows = scanFolder.all(folder, after, limit).map(toEntry)
      return rows.length < limit ? rows : wholeNames(rows, of)
    },
    names: (folder, after, limit) => names.all(folder, after, limit) as number[],
    folderBefore: (volume, folder) => (before.get(foldersOf(volume)[0], folder) as number | null) ?? undefined,
    ...finders(database),
  }
}

type Finders = Pick<EntryTable, 'isEmpty' | 'isUsed' | 'newest' | 'holding' | 'gone' | 'goneIn'>

function finders(database: Database): Finders {
  const empty = database.prepare<[number], number>('SELECT 1 FROM entry WHERE folder = ? LIMIT 1').pluck()
  const used = database.prepare<[number], number>('SELECT 1 FROM entry WHERE name = ? LIMIT 1').pluck()
  const newest = database.prepare<[number, number], Row>(
    `SELECT ${columns} FROM entry WHERE folder = ? AND name = ? ORDER BY since DESC LIMIT 1`,
  )
  const holding = database.prepare<[string, number, number, number], EntryKey>(`
    SELECT entry.name, entry.folder FROM json_each(?) AS wanted
      CROSS JOIN entry INDEXED BY entry_by_name ON entry.name = wanted.value AND entry.folder BETWEEN ? AND ?
    LIMIT ?`)
  const gone = database.prepare<[number], EntryKey>(
    'SELECT folder, name FROM entry INDEXED BY entry_gone WHERE gone = 1 AND until > ? ORDER BY until DESC',
  )
  const goneIn = database.prepare<[number, number], EntryKey>(`
    SELECT folder, name FROM entry INDEXED BY entry_gone_in
    WHERE gone = 1 AND folder / 4294967296 = CAST(? AS INTEGER) AND until > ? ORDER BY until DESC`)

  return {
    isEmpty: (folder) => empty.get(folder) === undefined,
    isUsed: (name) => used.get(name) !== undefined,
    newest: (folder, name) => {
      const row = newest.get(folder, name)
      return row === undefined ? undefined : toEntry(row)
    },
    holding: (names, volume, limit) => {
      const [first, last] = volume === undefined ? [0, Number.MAX_SAFE_INTEGER] : foldersOf(volume)
      return holding.all(JSON.stringify(names), first, last, limit)
    },
    gone: (after) => gone.iterate(after),
    goneIn: (volume, after) => goneIn.iterate(volume, after),
  }
}

type Statement = { all(folder: number, name: number): Row[] }

/** The last name may have more rows than were asked for. */
function wholeNames(rows: readonly Entry[], of: Statement): readonly Entry[] {
  const last = rows.at(-1)
  if (last === undefined) return rows
  const others = rows.filter(({ folder, name }) => folder !== last.folder || name !== last.name)
  return [...others, ...of.all(last.folder, last.name).map(toEntry)]
}

function toEntry({ until, ...row }: Row): Entry {
  return { ...row, until: until ?? undefined }
}
