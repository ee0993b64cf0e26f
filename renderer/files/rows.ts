import type { ChangedFile, FileChange, FileEntry } from '../../shared/files.ts'

/** One line of a folder. */
export type FileRow = {
  readonly key: string
  readonly entry: FileEntry
  /** The point that holds it: the one that is shown, or, for what is only in the other one, that. */
  readonly pointId: string
  readonly change?: FileChange
  /** It is not in the point that is shown. */
  readonly elsewhere: boolean
}

export const fileColumns = ['name', 'size', 'modified', 'kind', 'owner', 'mode'] as const
export type FileColumn = (typeof fileColumns)[number]
export type FileOrder = { readonly column: FileColumn; readonly down: boolean }

const collator = new Intl.Collator(undefined, { numeric: true })

/** Folders first, then by name as people read it; names that read alike by their code units, so that the order is total. */
export function compareEntries(a: FileEntry, b: FileEntry): number {
  return foldersFirst(a, b) || collator.compare(a.name, b.name) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
}

function foldersFirst(a: FileEntry, b: FileEntry): number {
  return Number(b.kind === 'folder') - Number(a.kind === 'folder')
}

/** `sorted` with the entries of one more page, in any order, put where they belong. */
export function mergePage(sorted: readonly FileEntry[], page: readonly FileEntry[]): readonly FileEntry[] {
  const more = page.toSorted(compareEntries)
  const merged: FileEntry[] = []
  let next = 0
  for (const entry of sorted) {
    for (let each = more[next]; each !== undefined && compareEntries(each, entry) < 0; each = more[next]) {
      merged.push(each)
      next++
    }
    merged.push(entry)
  }
  return merged.concat(more.slice(next))
}

type Compared = {
  readonly pointId: string
  /** The point that it is compared with, and what differs between their folders. */
  readonly against?: string | undefined
  readonly changes?: readonly ChangedFile[] | undefined
}

/** `entries` sorted by name, with what only the other point has put between them. A name that is there twice is shown twice. */
export function rowsOf(entries: readonly FileEntry[], compared: Compared): readonly FileRow[] {
  const { pointId, against = pointId, changes = [] } = compared
  const changeOf = new Map(changes.map(({ path, change }) => [lastName(path), change]))
  const missing = missingFrom(entries, changes)
  const isMissing = new Set(missing)
  const all = missing.length === 0 ? entries : mergePage(entries, missing)
  const rows: FileRow[] = []
  let times = 0
  for (const entry of all) {
    const { name } = entry
    // Equal names stand beside each other, a folder perhaps before a file.
    times = rows.at(-1)?.entry.name === name ? times + 1 : 0
    const change = changeOf.get(name)
    const elsewhere = isMissing.has(entry)
    rows.push({
      key: times === 0 ? name : `${name}/${times}`,
      entry,
      pointId: elsewhere ? against : pointId,
      elsewhere,
      ...(change === undefined ? {} : { change }),
    })
  }
  return rows
}

function missingFrom(entries: readonly FileEntry[], changes: readonly ChangedFile[]): readonly FileEntry[] {
  if (changes.length === 0) return []
  const here = new Set(entries.map(({ name }) => name))
  return changes.flatMap(({ before, after }) => {
    const entry = after ?? before
    return entry === undefined || here.has(entry.name) ? [] : [entry]
  })
}

/** What sorts a column; absent values come last in both directions. */
const values: Readonly<Record<FileColumn, (entry: FileEntry) => number | string | undefined>> = {
  name: () => undefined,
  size: ({ kind, sizeBytes }) => (kind === 'folder' ? undefined : sizeBytes),
  modified: ({ modifiedAt }) => modifiedAt,
  kind: ({ kind, name }) => `${kind} ${/\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''}`,
  owner: ({ uid, gid }) => (uid === undefined ? undefined : uid * 2 ** 20 + (gid ?? 0)),
  mode: ({ mode }) => mode,
}

/** `rows` are sorted by name; equals of a column stay so. */
export function sortRows(rows: readonly FileRow[], { column, down }: FileOrder): readonly FileRow[] {
  const sign = down ? -1 : 1
  if (column === 'name') return down ? reversedByName(rows) : rows
  const valued = rows.map((row) => ({ row, value: values[column](row.entry) }))
  valued.sort(
    (a, b) => foldersFirst(a.row.entry, b.row.entry) || absentLast(a.value, b.value) || sign * order(a.value, b.value),
  )
  return valued.map(({ row }) => row)
}

function reversedByName(rows: readonly FileRow[]): readonly FileRow[] {
  const isFolder = ({ entry }: FileRow): boolean => entry.kind === 'folder'
  return [...rows.filter(isFolder).reverse(), ...rows.filter((row) => !isFolder(row)).reverse()]
}

type Value = number | string | undefined

function absentLast(a: Value, b: Value): number {
  return Number(a === undefined) - Number(b === undefined)
}

function order(a: Value, b: Value): number {
  if (a === undefined || b === undefined || a === b) return 0
  return a < b ? -1 : 1
}

/** Rows in whose name every word occurs, whatever the case. */
export function filterRows(rows: readonly FileRow[], text: string): readonly FileRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return rows
  return rows.filter(({ entry }) => {
    const name = entry.name.toLowerCase()
    return words.every((word) => name.includes(word))
  })
}

/** The next row, from `from` on and around the end, whose name begins with what was typed. */
export function findTyped(rows: readonly FileRow[], from: number, typed: string): FileRow | undefined {
  const wanted = typed.toLowerCase()
  for (let step = 0; step < rows.length; step++) {
    const row = rows[(from + step) % rows.length]
    if (row?.entry.name.toLowerCase().startsWith(wanted)) return row
  }
  return undefined
}

export function joinPath(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`
}

/** The folder in which a path lies; the root lies in itself. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')))
}

/** The name at the end of a path; empty for the root. */
export function lastName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
