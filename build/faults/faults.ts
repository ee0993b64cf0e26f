import { spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import type { Row } from '../../electron/engine/proof/rows.ts'
import { hasGuests, ownMounts } from '../own-mounts.ts'
import { preparePackages, startLibvirt } from '../test-host.ts'
import { covered } from './covered.ts'
import type { Ended } from './reporter.ts'
import { matrixOf, toMarkdown } from './table.ts'

/**
 * The safety suites with all they have, and what came of it: a matrix of faults and phases as a Markdown table, the same with
 * every figure in fault-results.json. Ends with 1 when anything is bad. `--bounded` runs the part that every test run does,
 * `--only <text>` the suites whose path has it; then nothing is said to be missing.
 */
const { values } = parseArgs({ options: { bounded: { type: 'boolean', default: false }, only: { type: 'string' } } })

const top = path.join(import.meta.dirname, '..', '..')
const scratch = mkdtempSync(path.join(os.tmpdir(), 'stillpoint-faults-'))
const rowsFile = path.join(scratch, 'rows')

/** Those that tell rows themselves, and those whose tests the matrix names. */
function suites(): readonly string[] {
  const all = globSync('electron/engine/**/*.test.ts', { cwd: top }).toSorted()
  const named = new Set(covered.map(({ suite }) => `electron/engine/${suite}`))
  const tells = (file: string): boolean =>
    /from '[./]+(?:proof\/)?rows\.ts'/.test(readFileSync(path.join(top, file), 'utf8'))
  return all.filter((file) => (named.has(file) || tells(file)) && file.includes(values.only ?? ''))
}

function run(files: readonly string[], atOnce: number, by: readonly string[] = []): readonly Ended[] {
  if (files.length === 0) return []
  const told = path.join(scratch, 'tests')
  const reporters = ['--test-reporter=spec', '--test-reporter-destination=stderr']
  reporters.push('--test-reporter=./build/faults/reporter.ts', `--test-reporter-destination=${told}`)
  const args = ['--test', `--test-concurrency=${atOnce}`, '--test-timeout=7200000', ...reporters, ...files]
  const env = {
    ...process.env,
    STILLPOINT_FAULT_ROWS: rowsFile,
    ...(values.bounded ? {} : { STILLPOINT_FAULTS: 'full' }),
  }
  const [program = process.execPath, ...before] = [...by, process.execPath]
  const done = spawnSync(program, [...before, ...args], { cwd: top, stdio: ['ignore', 2, 2], env })
  const ended = linesOf<Ended>(told)
  rmSync(told, { force: true })
  const isSilent = done.status !== 0 && !ended.some(({ end }) => end === 'failed')
  return isSilent ? [...ended, { file: files.join(' '), name: 'the test run itself', end: 'failed' }] : ended
}

function linesOf<T>(file: string): readonly T[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return lines.map((line) => JSON.parse(line) as T)
}

// One suite runs the console itself.
spawnSync(process.execPath, ['build/bundle.ts'], { cwd: top, stdio: ['ignore', 2, 2] })
if (process.platform === 'linux' && preparePackages().length === 0) await startLibvirt()
const files = suites()
const isInteg = (file: string): boolean => file.endsWith('.integ.test.ts')
const tests = [
  ...run(
    files.filter((file) => !isInteg(file)),
    2,
  ),
  ...run(
    files.filter((file) => isInteg(file) && hasGuests(file)),
    1,
  ),
  ...run(
    files.filter((file) => isInteg(file) && !hasGuests(file)),
    1,
    ownMounts(),
  ),
]
const isWhole = !values.bounded && values.only === undefined
const matrix = matrixOf(linesOf<Row>(rowsFile), tests, isWhole)
rmSync(scratch, { recursive: true, force: true })
const written = { at: new Date().toISOString(), isWhole, ...matrix }
writeFileSync(path.join(top, 'fault-results.json'), JSON.stringify(written, undefined, 2))
console.log(toMarkdown(matrix))
process.exitCode = matrix.bad.length === 0 && tests.length > 0 ? 0 : 1
