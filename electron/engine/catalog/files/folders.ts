import type { Database } from 'better-sqlite3'
import type { FilePath } from '../../../../shared/files.ts'
import type { NameId, NameTable } from './names.ts'

/** A path within a volume, whatever lies there at which point. */
export type FolderId = number

/** Folders of one volume lie between two neighbouring multiples of this; the root is the first. */
const span = 2 ** 32

export type FolderReading = {
  /** Where its file system had it when its own folder was last listed. */
  readonly ref: string | undefined
  /** The draft in which it was listed, and which blocks of the disks that read; undefined where it could not be read. */
  readonly draft: number | undefined
  readonly blocks: Uint8Array | undefined
}

export type FolderTable = {
  root(volume: number): FolderId
  find(parent: FolderId, name: NameId): FolderId | undefined
  need(parent: FolderId, name: NameId): FolderId
  named(name: NameId): readonly FolderId[]
  /** Undefined for a root. */
  place(id: FolderId): { readonly parent: FolderId; readonly name: NameId } | undefined
  /** Names on the way from the root; a root has none. */
  names(id: FolderId): readonly string[]
  path(id: FolderId): FilePath
  /** The folder of a path, undefined where none ever was there. */
  at(volume: number, names: readonly NameId[]): FolderId | undefined
  reading(id: FolderId): FolderReading
  /** Where it lies elsewhere than before, nothing is known of its blocks any more. */
  setRef(id: FolderId, ref: string): void
  setReading(id: FolderId, draft: number, blocks: Uint8Array | undefined): void
  remove(id: FolderId): void
}

export function volumeOf(folder: FolderId): number {
  return Math.floor(folder / span)
}

/** First and last number that a folder of the volume can have. */
export function foldersOf(volume: number): readonly [first: FolderId, last: FolderId] {
  return [volume * span, (volume + 1) * span - 1]
}

type Row = { readonly ref: string | null; readonly draft: number | null; readonly blocks: Uint8Array | null }

export function folderTable(database: Database, names: NameTable): FolderTable {
  const find = database.prepare<[number, number], number>('SELECT id FROM folder WHERE parent = ? AND name = ?').pluck()
  const named = database.prepare<[number], number>('SELECT id FROM folder WHERE name = ?').pluck()
  const place = database.prepare<[number], { readonly parent: number; readonly name: number }>(
    'SELECT parent, name FROM folder WHERE id = ?',
  )
  const last = database.prepare<[number, number], number>('SELECT max(id) FROM folder WHERE id BETWEEN ? AND ?').pluck()
  const insert = database.prepare('INSERT INTO folder (id, parent, name) VALUES (?, ?, ?)')
  const insertRoot = database.prepare('INSERT OR IGNORE INTO folder (id, parent, name) VALUES (?, -1, ?)')
  const reading = database.prepare<[number], Row>('SELECT ref, draft, blocks FROM folder WHERE id = ?')
  const setRef = database.prepare('UPDATE folder SET ref = @ref, blocks = NULL WHERE id = @id AND ref IS NOT @ref')
  const setReading = database.prepare('UPDATE folder SET draft = ?, blocks = ? WHERE id = ?')
  const remove = database.prepare('DELETE FROM folder WHERE id = ?')

  const findId = (parent: FolderId, name: NameId): FolderId | undefined => find.get(parent, name) as number | undefined

  function add(parent: FolderId, name: NameId): FolderId {
    const [first, end] = foldersOf(volumeOf(parent))
    const id = Number(last.get(first, end) ?? first) + 1
    insert.run(id, parent, name)
    return id
  }

  function placeOf(id: FolderId): { readonly parent: FolderId; readonly name: NameId } | undefined {
    const found = place.get(id)
    return found === undefined || found.parent < 0 ? undefined : found
  }

  function namesOf(id: FolderId): readonly string[] {
    const out: string[] = []
    for (let at = placeOf(id); at !== undefined; at = placeOf(at.parent)) out.push(names.get(at.name))
    return out.reverse()
  }

  return {
    root: (volume) => {
      const [first] = foldersOf(volume)
      // Roots of different volumes share a parent that is none: their own volume's number keeps them apart.
      insertRoot.run(first, -volume)
      return first
    },
    find: findId,
    need: (parent, name) => findId(parent, name) ?? add(parent, name),
    named: (name) => named.all(name) as number[],
    place: placeOf,
    names: namesOf,
    path: (id) => `/${namesOf(id).join('/')}`,
    at: (volume, path) =>
      path.reduce<FolderId | undefined>((at, name) => (at === undefined ? at : findId(at, name)), foldersOf(volume)[0]),
    reading: (id) => {
      const row = reading.get(id)
      return { ref: row?.ref ?? undefined, draft: row?.draft ?? undefined, blocks: row?.blocks ?? undefined }
    },
    setRef: (id, ref) => void setRef.run({ ref, id }),
    setReading: (id, draft, blocks) => void setReading.run(draft, blocks ?? null, id),
    remove: (id) => void remove.run(id),
  }
}
