import type { Database } from 'better-sqlite3'
import { decodeName, encodeName, fold, gramsIn, marked } from './name-text.ts'

export type NameId = number
export type FoundName = { readonly id: NameId; readonly folded: string }

/** Every name once, whatever number of files bears it, and how names are found. */
export type NameTable = {
  need(name: string): NameId
  /** As it is written; undefined where no file bears it. */
  find(name: string): NameId | undefined
  get(id: NameId): string
  folded(id: NameId): string
  /** Equal but for case. */
  equal(folded: string): readonly FoundName[]
  /** Names that begin so, in their order; the equal ones are among them. */
  beginning(folded: string): IterableIterator<FoundName>
  /** How rare a trigram is, told by how many names are passed until so many have it: the larger the rarer. Cheap. */
  rarity(gram: string): number
  /** Names that have all of these trigrams, the newest first. */
  having(grams: readonly string[]): IterableIterator<FoundName>
  /** Trigrams that begin so. */
  grams(start: string, limit: number): readonly string[]
  remove(id: NameId): void
  /** To be called when a transaction was taken back. */
  takeBack(): void
}

/** Trigrams that are known to be there already: they are few beside the names. */
const gramsKept = 100_000

type Row = { readonly id: number; readonly folded: string; readonly text: string | null }

/** Above every text that begins as another does: no character of a name is beyond it. */
const highest = '\u{10ffff}'

export function nameTable(database: Database): NameTable {
  const equal = database.prepare<[string], Row>('SELECT id, folded, text FROM name WHERE folded = ?')
  const get = database.prepare<[number], Row>('SELECT id, folded, text FROM name WHERE id = ?')
  const beginning = database.prepare<[string, string], FoundName>(
    'SELECT id, folded FROM name WHERE folded >= ? AND folded < ? ORDER BY folded',
  )
  const rarity = database
    .prepare<[string], number>(
      'SELECT rowid FROM name_search WHERE name_search MATCH ? ORDER BY rowid LIMIT 1 OFFSET 63',
    )
    .pluck()
  const having = database.prepare<[string], FoundName>(`
    SELECT name.id, name.folded FROM name_search JOIN name ON name.id = name_search.rowid
    WHERE name_search MATCH ? ORDER BY name_search.rowid DESC`)
  const grams = database
    .prepare<[string, string, number], string>('SELECT text FROM gram WHERE text >= ? AND text < ? LIMIT ?')
    .pluck()
  const insert = database.prepare('INSERT INTO name (folded, text) VALUES (?, ?)')
  const index = database.prepare('INSERT INTO name_search (rowid, marked) VALUES (?, ?)')
  const unindex = database.prepare("INSERT INTO name_search (name_search, rowid, marked) VALUES ('delete', ?, ?)")
  const addGram = database.prepare('INSERT OR IGNORE INTO gram (text) VALUES (?)')
  const remove = database.prepare('DELETE FROM name WHERE id = ?')

  const known = new Set<string>()

  function noteGram(gram: string): void {
    if (known.has(gram)) return
    addGram.run(gram)
    if (known.size >= gramsKept) known.clear()
    known.add(gram)
  }

  function add(text: string, folded: string): NameId {
    const id = Number(insert.run(folded, text === folded ? null : text).lastInsertRowid)
    const searched = marked(folded)
    index.run(id, searched)
    for (const gram of gramsIn(searched)) noteGram(gram)
    return id
  }

  function find(text: string, folded: string): NameId | undefined {
    return equal.all(folded).find((row) => textOf(row) === text)?.id
  }

  return {
    need: (name) => {
      const text = encodeName(name)
      const folded = fold(text)
      return find(text, folded) ?? add(text, folded)
    },
    find: (name) => find(encodeName(name), fold(encodeName(name))),
    get: (id) => {
      const row = get.get(id)
      return row === undefined ? '' : decodeName(textOf(row))
    },
    folded: (id) => get.get(id)?.folded ?? '',
    equal: (folded) => equal.all(folded),
    beginning: (folded) => beginning.iterate(folded, folded + highest),
    rarity: (gram) => (rarity.get(quoted(gram)) as number | undefined) ?? Number.MAX_SAFE_INTEGER,
    having: (wanted) => having.iterate(wanted.map(quoted).join(' AND ')),
    grams: (start, limit) => grams.all(start, start + highest, limit) as string[],
    remove: (id) => {
      const row = get.get(id)
      if (row === undefined) return
      unindex.run(id, marked(row.folded))
      remove.run(id)
    },
    takeBack: () => known.clear(),
  }
}

function textOf({ text, folded }: Row): string {
  return text ?? folded
}

/** A string of FTS5's query language. */
function quoted(gram: string): string {
  return `"${gram.replaceAll('"', '""')}"`
}
