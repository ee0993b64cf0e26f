import { mkdtempSync, rmSync, statSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { systemClock } from '../../electron/engine/base/clock.ts'
import { silentLog } from '../../electron/engine/base/log.ts'
import { type KeptEntry, VolumeDraft } from '../../electron/engine/catalog/files/draft.ts'
import { FileCatalog } from '../../electron/engine/catalog/files/file-catalog.ts'
import type { FolderId } from '../../electron/engine/catalog/files/folders.ts'
import { type FileQuestion, searchFiles } from '../../electron/engine/catalog/files/search.ts'
import { randomOf } from './random.ts'

/**
 * How fast a file is found among millions without a look into any repository: 25 machines whose systems are alike (two files of
 * five) and whose data is not, in folders of 20, written as an index run writes them; then questions as people ask them.
 */
const machines = 25
const inFolder = 20
const foldersAbove = 40
const foldersAtOnce = 50

const words =
  'annual budget contract customer delivery design draft export factory final finance forecast image index invoice item ledger letter main manual meeting minutes module node notes offer order package parcel photo plan price project quality quote readme report request result review sales scan server service setup source spec staff status stock summary supplier support table task tax team template test travel update user vendor version weekly 报告 合同 发票 会议 记录 项目 预算 年度 客户 财务'.split(
    ' ',
  )
const endings = ['pdf', 'docx', 'xlsx', 'txt', 'log', 'jpg', 'png', 'js', 'py', 'so', 'conf', 'html', 'c', 'h', 'gz']

export async function measureFileSearch(entries: number): Promise<void> {
  const home = mkdtempSync(path.join(os.tmpdir(), 'files-search-'))
  try {
    const begin = performance.now()
    fill(home, entries)
    const seconds = (performance.now() - begin) / 1000
    using catalog = new FileCatalog(home, systemClock, silentLog)
    const bytes = statSync(path.join(home, 'files.db')).size
    console.log(
      `${entries} entries of ${machines} machines written in ${seconds.toFixed(0)} s (${Math.round(entries / seconds)} per s)`,
    )
    console.log(`${(bytes / 2 ** 20).toFixed(0)} MiB, ${(bytes / entries).toFixed(0)} bytes per entry`)
    ask(catalog)
    console.log(`Memory of the process: ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB`)
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

function fill(home: string, entries: number): void {
  using catalog = new FileCatalog(home, systemClock, silentLog)
  const each = Math.round(entries / machines)
  for (let machine = 0; machine < machines; machine++) {
    const machineId = machineIdOf(machine)
    const point = catalog.write(({ points }) =>
      points.begin(String(machine).padStart(32, '0'), machineId, 1_790_000_000_000),
    )
    const draft = VolumeDraft.begin(catalog, machineId, 'vda/1', point)
    if (draft === undefined) throw new Error('The volume is listed already')
    const alike = Math.round(each * 0.4)
    fillVolume(draft, { seed: 1, name: 'usr', entries: alike })
    fillVolume(draft, { seed: 1000 + machine, name: 'srv', entries: each - alike })
    draft.finish({ pointId: point.id, place: '', layout: '', disks: [], overlaid: [] })
    catalog.write(({ points }) => points.finish(point.id, 0))
  }
}

type Part = { readonly seed: number; readonly name: string; readonly entries: number }

function fillVolume(draft: VolumeDraft, { seed, name, entries }: Part): void {
  const random = randomOf(seed)
  const count = Math.ceil(entries / (inFolder + 1))
  const top = folderIn(draft, draft.root('0').id, name)
  const above = Array.from({ length: Math.min(foldersAbove, count) }, (_, at) =>
    folderIn(draft, top, nameOf(random, at)),
  )
  const fillFolder = (at: number): void => {
    const folder = folderIn(draft, above[at % above.length] ?? top, `${nameOf(random, at)}-${at}`)
    const files = Array.from({ length: inFolder }, () => fileOf(random))
    draft.put(folder, files, new Set())
  }
  for (let first = 0; first < count; first += foldersAtOnce) {
    draft.together(() => {
      for (let at = first; at < Math.min(count, first + foldersAtOnce); at++) fillFolder(at)
    })
  }
}

/** Written as a part of its parent's listing, and entered. */
function folderIn(draft: VolumeDraft, parent: FolderId, name: string): FolderId {
  return draft.enter(parent, { name, kind: 'folder', sizeBytes: 0, ref: name })
}

function fileOf(random: () => number): KeptEntry {
  const whole = (limit: number): number => Math.floor(random() * limit)
  const ending = endings[whole(endings.length)] ?? ''
  const name =
    random() < 0.5
      ? `${nameOf(random, whole(100))}.${ending}`
      : `${nameOf(random, whole(1e6))} ${whole(1000)}.${ending}`
  return { name, kind: 'file', sizeBytes: whole(1e7), modifiedAt: 1_700_000_000_000 + whole(8e10) + random(), ref: '' }
}

function nameOf(random: () => number, number: number): string {
  const word = (): string => words[Math.floor(random() * words.length)] ?? ''
  return `${word()}_${word()}${number}`
}

const queries = [
  'report',
  'annual_report7',
  'invoice 12',
  'budget final',
  '报告',
  '年',
  '合同_发票',
  'rep',
  'a',
  'x',
  '12',
  '_r',
  'zzzz',
  'q12345',
  'srv/report',
  'usr/',
  'index_main1.js',
  'conf',
  '.pdf',
  'eport',
  'summary_sales 77',
  'readme',
  'ledger_letter9',
  'inute',
  'l.so',
  'travel_tax',
  'ff',
  'xlsx',
  'vendor_version12.pdf',
  '4711',
]

function ask(catalog: FileCatalog): void {
  const questions: FileQuestion[] = queries.flatMap((query) => [
    { query, limit: 100 },
    { query, limit: 100, machineId: machineIdOf(7) },
    { query, limit: 100, machineId: machineIdOf(7), path: '/srv' },
  ])
  const took = [...questions, ...questions, ...questions].map((question) => {
    const begin = performance.now()
    const before = process.cpuUsage()
    const { hits } = catalog.read((tables) => searchFiles(tables, question))
    const { user, system } = process.cpuUsage(before)
    return { ms: performance.now() - begin, cpuMs: (user + system) / 1000, question, hits: hits.length }
  })
  const sorted = took.toSorted((a, b) => a.ms - b.ms)
  console.log(
    `${took.length} questions: ${spread(took.map(({ ms }) => ms))}; of the processor ${spread(took.map(({ cpuMs }) => cpuMs))}`,
  )
  for (const { ms, question, hits } of sorted.slice(-5)) {
    console.log(
      `  ${ms.toFixed(1)} ms: "${question.query}" ${question.machineId === undefined ? '' : 'in one machine '}${question.path ?? ''}: ${hits} hits`,
    )
  }
}

function spread(figures: readonly number[]): string {
  const sorted = figures.toSorted((a, b) => a - b)
  const at = (part: number): string => (sorted[Math.floor(part * (sorted.length - 1))] ?? 0).toFixed(1)
  return `median ${at(0.5)} ms, p95 ${at(0.95)} ms, slowest ${at(1)} ms`
}

function machineIdOf(at: number): string {
  return `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`
}
