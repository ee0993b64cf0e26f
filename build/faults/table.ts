import type { FaultRow, PlantedRow, Row } from '../../electron/engine/proof/rows.ts'
import { type Covered, covered, titles, uncovered } from './covered.ts'
import type { Ended } from './reporter.ts'

/** What the full run must reach, by the word in which the suites count. */
const goals: ReadonlyMap<string, number> = new Map([
  ['kill points', 400],
  ['crash states', 100_000],
  ['power-cut images', 200],
  ['errno injections', 400],
  ['sweep histories', 2000],
  ['LIST faults', 500],
  ['bit flips', 10_000],
  ['structural damages', 200],
])

const plantedBugs = [
  'no-fsync',
  'manifest-first',
  'catalog-first',
  'eio-swallowed',
  'list-as-truth',
  'no-grace',
  'no-aad',
  'short-tag',
  'retry-reseals',
  'no-lease-check',
  'no-readback',
  'no-verification-before-put',
]

export type Matrix = {
  readonly rows: readonly FaultRow[]
  readonly planted: readonly PlantedRow[]
  /** One sentence for everything that is not as it must be. */
  readonly bad: readonly string[]
}

/** `isWhole`: every suite was run with all it has, so that the goals count and nothing may be missing. */
export function matrixOf(told: readonly Row[], tests: readonly Ended[], isWhole: boolean): Matrix {
  const rows = [
    ...told.filter((row) => row.kind === 'fault'),
    ...covered.flatMap((each) => rowOf(each, tests, isWhole)),
  ]
  const planted = told.filter((row) => row.kind === 'planted')
  const failed = tests.filter(({ end }) => end === 'failed').map(({ file, name }) => `failed: ${name} (${file})`)
  const wrong = rows
    .filter(({ bad }) => bad > 0)
    .map((row) => `${row.fault}, ${row.phase}: ${row.bad} bad (${row.suite})`)
  const missed = planted.filter(({ isCaught }) => !isCaught).map(({ bug, suite }) => `${suite} does not catch ${bug}`)
  const bad = [...failed, ...wrong, ...missed, ...(isWhole ? missing(rows, planted) : [])]
  return { rows: rows.toSorted((a, b) => numberOf(a) - numberOf(b) || a.phase.localeCompare(b.phase)), planted, bad }
}

/** A test that was skipped or that nobody knows any more covers nothing. */
function rowOf(
  { fault, phase, suite, tests }: Covered,
  ended: readonly Ended[],
  isWhole: boolean,
): readonly FaultRow[] {
  const here = ended.filter(({ file }) => file.endsWith(`electron/engine/${suite}`))
  if (here.length === 0 && !isWhole) return []
  const matching = tests.map((start) => here.filter(({ name }) => name.startsWith(start)))
  const passed = new Set(matching.flat().filter(({ end }) => end === 'passed'))
  const failed = new Set(matching.flat().filter(({ end }) => end === 'failed'))
  const unproven = matching.filter((found) => !found.some(({ end }) => end !== 'skipped')).length
  const name = suite.slice(suite.lastIndexOf('/') + 1)
  const counts = { what: 'tests', ran: passed.size + failed.size, bad: failed.size + unproven }
  return [{ kind: 'fault', fault: fault as FaultRow['fault'], phase, ...counts, suite: name }]
}

function missing(rows: readonly FaultRow[], planted: readonly PlantedRow[]): readonly string[] {
  const total = (what: string): number => rows.filter((row) => row.what === what).reduce((sum, { ran }) => sum + ran, 0)
  const short = [...goals].filter(([what, goal]) => total(what) < goal)
  const unseen = plantedBugs.filter((bug) => !planted.some((row) => row.bug === bug))
  const empty = Object.keys(titles).filter((fault) => !uncovered.has(fault) && !rows.some((row) => row.fault === fault))
  return [
    ...short.map(([what, goal]) => `${total(what)} ${what} of the ${goal} that must be`),
    ...unseen.map((bug) => `no suite switched on ${bug}`),
    ...empty.map((fault) => `nothing was run for ${fault}, ${titles[fault]}`),
  ]
}

function numberOf({ fault }: FaultRow): number {
  return Number(fault.slice(1))
}

export function toMarkdown({ rows, planted, bad }: Matrix): string {
  const lines = rows.map(
    ({ fault, phase, what, ran, bad: wrong, suite }) =>
      `| ${fault} ${titles[fault]} | ${phase} | ${ran.toLocaleString('en')} ${what} | ${wrong === 0 ? '0 bad' : `**${wrong} BAD**`} | ${suite} |`,
  )
  const open = [...uncovered].map(([fault, why]) => `| ${fault} ${titles[fault]} | – | nothing: ${why} | – | – |`)
  const bugs = planted.map(
    ({ bug, isCaught, suite }) => `| ${bug} | ${isCaught ? 'caught' : '**MISSED**'} | ${suite} |`,
  )
  return [
    '| fault | phase | what was run | result | suite |',
    '|---|---|---|---|---|',
    ...lines,
    ...open,
    '',
    '| planted bug | result | suite |',
    '|---|---|---|',
    ...bugs,
    '',
    ...(bad.length === 0 ? ['Nothing is bad.'] : bad.map((each) => `- ${each}`)),
  ].join('\n')
}
