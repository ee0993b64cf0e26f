import type { EntryKey } from './entries.ts'
import type { FileTables } from './file-catalog.ts'
import type { FolderId } from './folders.ts'
import type { Gathering } from './gather.ts'

/** Names of one folder that are looked at. */
const namesOfFolder = 2000

/**
 * What lies at paths of which the query is a part that reaches into the last name. Led from two sides: by the last name, and by
 * the folder before it, so that neither a name that everybody has nor a folder that is full hides what is looked for.
 */
export function searchPaths(tables: FileTables, gathering: Gathering, query: string): void {
  const paths = new FoldedPaths(tables)
  const take = (key: EntryKey): void => {
    const rank = rankOf(paths.of(key), query)
    if (rank !== undefined) gathering.add(key, rank)
  }
  const parts = query.split('/')
  const last = parts.at(-1) ?? ''
  const folder = parts.at(-2) ?? ''
  if (last !== '') byName(tables, gathering, last, take)
  if (folder !== '') byFolder(tables, gathering, folder, take)
  if (folder === '' && last === '' && parts.length === 2) inRoots(tables, gathering, take)
}

type Take = (key: EntryKey) => void

/** Names that begin as the last one of the query does. */
const namesLookedAt = 1500

function byName({ names }: FileTables, gathering: Gathering, last: string, take: Take): void {
  const ids = new Set(names.equal(last).map(({ id }) => id))
  for (const { id } of names.beginning(last)) {
    if (ids.size < namesLookedAt) ids.add(id)
    else {
      gathering.cut()
      break
    }
  }
  gathering.take(
    [...ids].map((name) => ({ name, rank: 0 })),
    take,
  )
}

function byFolder(tables: FileTables, gathering: Gathering, folder: string, take: Take): void {
  for (const name of tables.names.equal(folder)) {
    for (const id of tables.folders.named(name.id)) {
      if (!gathering.mayTake()) return
      if (gathering.holds(id)) allIn(tables, gathering, id, take)
    }
  }
}

function inRoots({ volumes, folders, ...tables }: FileTables, gathering: Gathering, take: Take): void {
  for (const { id } of volumes.of(undefined)) {
    const root = folders.root(id)
    if (gathering.holds(root)) allIn({ volumes, folders, ...tables }, gathering, root, take)
  }
}

function allIn({ entries }: FileTables, gathering: Gathering, folder: FolderId, take: Take): void {
  const names = entries.names(folder, 0, namesOfFolder)
  if (names.length === namesOfFolder) gathering.cut()
  for (const name of names) take({ folder, name })
}

/** Undefined where the query does not reach into the last name. */
function rankOf(path: string, query: string): number | undefined {
  const lastSlash = path.lastIndexOf('/')
  const at = path.indexOf(query, Math.max(0, lastSlash - query.length + 1))
  if (at < 0) return undefined
  if (at + query.length < path.length) return at === 0 ? 2 : 3
  return at === 0 ? 0 : 1
}

/** Paths of one question, folded; a folder's is put together once. */
class FoldedPaths {
  readonly #tables: FileTables
  readonly #folders = new Map<FolderId, string>()

  constructor(tables: FileTables) {
    this.#tables = tables
  }

  of({ folder, name }: EntryKey): string {
    return `${this.#ofFolder(folder)}/${this.#tables.names.folded(name)}`
  }

  /** Without a slash at its end: a root's is empty. */
  #ofFolder(folder: FolderId): string {
    const known = this.#folders.get(folder)
    if (known !== undefined) return known
    const place = this.#tables.folders.place(folder)
    const path = place === undefined ? '' : `${this.#ofFolder(place.parent)}/${this.#tables.names.folded(place.name)}`
    this.#folders.set(folder, path)
    return path
  }
}
