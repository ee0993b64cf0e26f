import type { FileHit, FilePath, VolumeId } from '../../../../shared/files.ts'
import type { MachineId } from '../../../../shared/machine.ts'
import type { EntryKey } from './entries.ts'
import type { FileTables } from './file-catalog.ts'
import { type Found, Gathering, type Scope } from './gather.ts'
import { hitOf } from './hits.ts'
import { matchingNames } from './name-match.ts'
import { encodeName, fold } from './name-text.ts'
import { searchPaths } from './path-search.ts'

export type FileQuestion = {
  readonly query: string
  readonly machineId?: MachineId | undefined
  readonly volumeId?: VolumeId | undefined
  readonly path?: FilePath | undefined
  readonly deletedSince?: number | undefined
  readonly limit: number
}

export type FileAnswer = { readonly hits: readonly FileHit[]; readonly isMore: boolean }

/**
 * The best first, and of what fits equally well the newest. Words, between spaces, must all be in the name, in any order; a query with a `/` is
 * part of a path, to whose last name it reaches. Without a query everything that was deleted. One question costs a bounded amount of work: where more might
 * be found than was looked at, `isMore` is true.
 */
export function searchFiles(tables: FileTables, question: FileQuestion): FileAnswer {
  const scope = scopeOf(tables, question)
  if (scope === undefined) return { hits: [], isMore: false }
  const query = folded(question.query)
  if (scope.deletedSince !== undefined) return searchDeleted(tables, scope, query, question.limit)
  if (query === '') return { hits: [], isMore: false }
  return answer(tables, gather(tables, scope, query, question.limit), question)
}

function folded(query: string): string {
  const text = query.trim()
  // The slash of a path is its own; what cannot be in a name is looked for as names keep it.
  return text
    .split('/')
    .map((part) => fold(encodeName(part)))
    .join('/')
}

function gather(tables: FileTables, scope: Scope, query: string, limit: number): Gathering {
  const gathering = new Gathering(tables, scope)
  if (query.includes('/')) searchPaths(tables, gathering, query)
  else gatherNames(tables, gathering, query, limit)
  return gathering
}

function gatherNames(tables: FileTables, gathering: Gathering, query: string, limit: number): void {
  let rank = 0
  for (const group of matchingNames(tables.names, query, wordsIn(query), () => gathering.cut())) {
    const found = group[0]?.rank ?? rank
    if (found > rank && gathering.found.size > limit) return
    rank = found
    if (!gathering.take(group)) return
  }
}

export function wordsIn(query: string): readonly string[] {
  return [...new Set(query.split(/\s+/).filter((word) => word !== ''))]
}

/**
 * What is gone is little beside what is there: it is looked through as it is, from the newest on; only where that is too much as
 * well, the names lead.
 */
function searchDeleted(tables: FileTables, scope: Scope, query: string, limit: number): FileAnswer {
  const gathering = new Gathering(tables, scope)
  const fits = fitting(tables, query)
  for (const key of goneKeys(tables, scope)) {
    if (!gathering.mayTake()) break
    if (fits(key)) gathering.add(key, 0)
  }
  const byName = gathering.isCut && query !== '' ? gather(tables, scope, query, limit) : undefined
  for (const [text, found] of byName?.found ?? []) gathering.found.set(text, found)
  const isCut = byName === undefined ? gathering.isCut : byName.isCut
  return answer(tables, { found: gathering.found, isCut }, { limit, deletedSince: scope.deletedSince })
}

function* goneKeys({ entries }: FileTables, { volumes, deletedSince = 0 }: Scope): Generator<EntryKey> {
  if (volumes === undefined) yield* entries.gone(deletedSince)
  else for (const volume of volumes) yield* entries.goneIn(volume, deletedSince)
}

function fitting({ names, folders }: FileTables, query: string): (key: EntryKey) => boolean {
  if (query.includes('/')) {
    return ({ folder, name }) => fold(`${folders.path(folder)}/${names.get(name)}`).includes(query)
  }
  const words = wordsIn(query)
  return ({ name }) => {
    const text = names.folded(name)
    return words.every((word) => text.includes(word))
  }
}

type Gathered = { readonly found: ReadonlyMap<string, Found>; readonly isCut: boolean }
type Wanted = Pick<FileQuestion, 'limit' | 'deletedSince'>

function answer(tables: FileTables, { found, isCut }: Gathered, { limit, deletedSince }: Wanted): FileAnswer {
  const hits: FileHit[] = []
  for (const { key } of [...found.values()].sort(bestFirst)) {
    const hit = hitOf(tables, key)
    if (hit === undefined || !isWanted(hit, deletedSince)) continue
    if (hits.length === limit) return { hits, isMore: true }
    hits.push(hit)
  }
  return { hits, isMore: isCut }
}

function isWanted({ goneSince, pointAt }: FileHit, deletedSince: number | undefined): boolean {
  return deletedSince === undefined || (goneSince !== undefined && pointAt >= deletedSince)
}

function bestFirst(one: Found, other: Found): number {
  const byRank = one.rank - other.rank
  return byRank === 0 ? (other.newest.modified ?? 0) - (one.newest.modified ?? 0) : byRank
}

/** Undefined where nothing can be found. */
function scopeOf(tables: FileTables, question: FileQuestion): Scope | undefined {
  const { machineId, volumeId, path, deletedSince } = question
  const isEverywhere = machineId === undefined && volumeId === undefined
  const rows = tables.volumes.of(machineId).filter((row) => volumeId === undefined || row.volumeId === volumeId)
  const names = (path ?? '/').split('/').filter((name) => name !== '')
  if (names.length === 0)
    return { volumes: isEverywhere ? undefined : rows.map(({ id }) => id), folders: undefined, deletedSince }
  const ids = names.map((name) => tables.names.find(name)).filter((id) => id !== undefined)
  if (ids.length < names.length) return undefined
  const folders = rows.flatMap(({ id }) => tables.folders.at(id, ids) ?? [])
  return { volumes: [...new Set(rows.map(({ id }) => id))], folders, deletedSince }
}
