import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import Database from 'better-sqlite3'
import { systemClock } from '../../base/clock.ts'
import { type Log, silentLog } from '../../base/log.ts'
import { VolumeDraft } from './draft.ts'
import { FileCatalog } from './file-catalog.ts'
import { searchFiles } from './search.ts'

const machineId = '00000000-0000-4000-8000-00000000000a'
const pointId = 'f'.repeat(32)

type Home = Disposable & { readonly path: string }

function home(): Home {
  const folder = mkdtempSync(path.join(tmpdir(), 'file-catalog-'))
  return { path: folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) }
}

/** One volume of one point with these names in its root; every file is a minute older than the one before. */
function fill(catalog: FileCatalog, names: readonly string[]): void {
  const point = catalog.write(({ points }) => points.begin(pointId, machineId, 1000))
  const draft = VolumeDraft.begin(catalog, machineId, 'vda', point)
  assert.ok(draft !== undefined)
  const root = draft.root('2')
  const entries = names.map((name, at) => {
    return { name, kind: 'file', sizeBytes: 1, modifiedAt: 1e9 - at * 60_000, ref: '' } as const
  })
  draft.put(root.id, entries, new Set())
  draft.finish({ pointId, place: '', layout: '', disks: [], overlaid: [] })
  catalog.write(({ points }) => points.finish(pointId, 0))
}

function search(catalog: FileCatalog, query: string, limit = 100): readonly string[] {
  return catalog.read((tables) => searchFiles(tables, { query, limit })).hits.map((hit) => hit.path)
}

test('what is the name comes before what begins so, words that begin so, and what has it inside; then the newer', () => {
  using at = home()
  using catalog = new FileCatalog(at.path, systemClock, silentLog)
  fill(catalog, ['xreport', 'my report', 'the_report', 'report.pdf', 'reporting', 'Report'])
  assert.deepEqual(search(catalog, 'report'), [
    '/Report',
    '/report.pdf',
    '/reporting',
    '/my report',
    '/the_report',
    '/xreport',
  ])
  const { hits, isMore } = catalog.read((tables) => searchFiles(tables, { query: 'report', limit: 2 }))
  assert.deepEqual([hits.length, isMore], [2, true])
})

test('one and two characters are found, also Chinese ones and those at the end of a name', () => {
  using at = home()
  using catalog = new FileCatalog(at.path, systemClock, silentLog)
  fill(catalog, ['年度报告.docx', 'zq', 'aqz', 'été', 'x"y', "it's", '100%', 'a\udcffb'])
  assert.deepEqual(search(catalog, '告'), ['/年度报告.docx'])
  assert.deepEqual(search(catalog, '报告'), ['/年度报告.docx'])
  assert.deepEqual(search(catalog, 'z'), ['/zq', '/aqz'])
  assert.deepEqual(search(catalog, 'qz'), ['/aqz'])
  assert.deepEqual(search(catalog, 'E\u0301T'), ['/été'])
  for (const [query, name] of [
    ['"', 'x"y'],
    ["t's", "it's"],
    ['%', '100%'],
    ['\udcff', 'a\udcffb'],
  ] as const) {
    assert.deepEqual(search(catalog, query), [`/${name}`], query)
  }
  assert.deepEqual(search(catalog, ''), [])
})

test('a point that is being listed shows nothing of itself until it is whole', () => {
  using at = home()
  using catalog = new FileCatalog(at.path, systemClock, silentLog)
  const point = catalog.write(({ points }) => points.begin(pointId, machineId, 1000))
  const draft = VolumeDraft.begin(catalog, machineId, 'vda', point)
  assert.ok(draft !== undefined)
  draft.put(draft.root('2').id, [{ name: 'early', kind: 'file', sizeBytes: 1, ref: '' }], new Set())
  assert.deepEqual(search(catalog, 'early'), [])
  draft.finish({ pointId, place: '', layout: '', disks: [], overlaid: [] })
  assert.deepEqual(search(catalog, 'early'), [])
  catalog.write(({ points }) => points.finish(pointId, 0))
  assert.deepEqual(search(catalog, 'early'), ['/early'])
})

test('what is no database is moved aside and begun anew', () => {
  using at = home()
  writeFileSync(path.join(at.path, 'files.db'), 'nonsense '.repeat(1000))
  using catalog = new FileCatalog(at.path, systemClock, silentLog)
  fill(catalog, ['found'])
  assert.deepEqual(search(catalog, 'found'), ['/found'])
  assert.equal(readdirSync(at.path).filter((name) => name.includes('damaged')).length, 1)
})

test('damage that shows when something is looked for empties the catalog, and fails nothing', () => {
  using at = home()
  const file = path.join(at.path, 'files.db')
  {
    using catalog = new FileCatalog(at.path, systemClock, silentLog)
    fill(
      catalog,
      Array.from({ length: 3000 }, (_, number) => `name ${number}`),
    )
  }
  const database = new Database(file)
  const root = Number(
    database.prepare("SELECT rootpage FROM sqlite_master WHERE name = 'name_by_folded'").pluck().get(),
  )
  const pageBytes = Number(database.pragma('page_size', { simple: true }))
  database.close()
  overwrite(file, (root - 1) * pageBytes, pageBytes)
  using catalog = new FileCatalog(at.path, systemClock, silentLog)
  assert.deepEqual(search(catalog, 'name 7'), [])
  fill(catalog, ['found'])
  assert.deepEqual(search(catalog, 'found'), ['/found'])
})

function overwrite(file: string, offset: number, lengthBytes: number): void {
  const database = readFileSync(file)
  database.fill(0xa5, offset, offset + lengthBytes)
  writeFileSync(file, database)
}

test('a catalog of a later version is left alone, said, and not written', () => {
  using at = home()
  const file = path.join(at.path, 'files.db')
  new FileCatalog(at.path, systemClock, silentLog)[Symbol.dispose]()
  const later = new Database(file)
  later.pragma('user_version = 999')
  later.close()
  const said: string[] = []
  const log: Log = { ...silentLog, error: (message) => void said.push(message) }
  using catalog = new FileCatalog(at.path, systemClock, log)
  assert.deepEqual(search(catalog, 'anything'), [])
  assert.throws(() => catalog.write(() => undefined), { code: 'catalog-from-future' })
  assert.equal(said.length, 1)
  const after = new Database(file)
  assert.equal(after.pragma('user_version', { simple: true }), 999)
  after.close()
})
