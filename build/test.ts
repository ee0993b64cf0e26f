import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { hasGuests, ownMounts } from './own-mounts.ts'
import { preparePackages, startLibvirt } from './test-host.ts'

/**
 * Everything that must hold before a change lands, in one command: walls, types, lint, unused code, then the tests. Ends with
 * a line of counts; each check counts as one test. Arguments name parts to run alone: walls types lint unused unit integration e2e.
 */
type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number }
type Part = { readonly name: string; readonly run: () => Counts | Promise<Counts> }

const top = path.join(import.meta.dirname, '..')
const bin = path.join(top, 'node_modules', '.bin')
const scratch = mkdtempSync(path.join(os.tmpdir(), 'stillpoint-test-'))
const none: Counts = { passed: 0, failed: 0, skipped: 0 }

const parts: readonly Part[] = [
  { name: 'walls', run: () => check(process.execPath, ['build/layers.ts']) },
  { name: 'types', run: () => check(path.join(bin, 'tsc'), ['-b', '--force']) },
  { name: 'lint', run: () => check(path.join(bin, 'biome'), ['ci', '--config-path=build/lint.json', '.']) },
  { name: 'unused', run: () => check(path.join(bin, 'knip'), ['--config', 'build/knip.json']) },
  { name: 'build', run: () => check(process.execPath, ['build/bundle.ts']) },
  {
    name: 'unit',
    run: () =>
      nodeTests(
        tests('test').filter((file) => !file.includes('.integ.')),
        2,
      ),
  },
  { name: 'integration', run: integration },
  { name: 'e2e', run: playwright },
]

function check(program: string, args: readonly string[]): Counts {
  const env = process.stdout.isTTY ? process.env : { ...process.env, NO_COLOR: '1' }
  const done = spawnSync(program, args, { cwd: top, stdio: 'inherit', env })
  return done.status === 0 ? { ...none, passed: 1 } : { ...none, failed: 1 }
}

function tests(ending: string): readonly string[] {
  return globSync(`{shared,electron,renderer,build,e2e}/**/*.${ending}.ts`, { cwd: top }).toSorted()
}

/**
 * Guests of the host's one libvirt are had by one test at a time; beside them runs what needs none, one file at a time as well: some
 * of it fills disks and waits for whole machines' worth of memory.
 */
async function integration(): Promise<Counts> {
  const files = tests('integ.test')
  const guests = nodeTests(files.filter(hasGuests), 1)
  const others = nodeTests(
    files.filter((file) => !hasGuests(file)),
    1,
    ownMounts(),
  )
  return plus(await guests, await others)
}

function plus(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }
}

let lists = 0

/** A part that saw no test has failed: it proved nothing. */
async function nodeTests(files: readonly string[], atOnce: number, by: readonly string[] = []): Promise<Counts> {
  if (files.length === 0) return { ...none, failed: 1 }
  const counted = path.join(scratch, `counts-${++lists}.json`)
  const reporters = ['--test-reporter=spec', '--test-reporter-destination=stdout']
  reporters.push('--test-reporter=./build/count-reporter.ts', `--test-reporter-destination=${counted}`)
  const args = ['--test', `--test-concurrency=${atOnce}`, '--test-timeout=600000', ...reporters, ...files]
  const [program = process.execPath, ...before] = [...by, process.execPath]
  // Tools and drivers take names of files in the letters of the locale.
  const env = { ...process.env, LC_ALL: 'C.UTF-8' }
  const child = spawn(program, [...before, ...args], { cwd: top, stdio: 'inherit', env })
  const [status] = (await once(child, 'exit')) as [number | null]
  if (!existsSync(counted)) return { ...none, failed: 1 }
  return honest(JSON.parse(readFileSync(counted, 'utf8')) as Counts, status)
}

function playwright(): Counts {
  const told = path.join(scratch, 'e2e.json')
  const env = { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: told }
  const args = ['test', '--config', 'e2e/playwright.config.ts', '--reporter=list,json']
  const done = spawnSync(path.join(bin, 'playwright'), args, { cwd: top, stdio: 'inherit', env })
  if (!existsSync(told)) return { ...none, failed: 1 }
  const { stats } = JSON.parse(readFileSync(told, 'utf8')) as { stats: Record<string, number> }
  const count = (name: string): number => stats[name] ?? 0
  return honest(
    { passed: count('expected'), failed: count('unexpected') + count('flaky'), skipped: count('skipped') },
    done.status,
  )
}

function honest(counts: Counts, status: number | null): Counts {
  const silent = status !== 0 || counts.passed + counts.skipped === 0
  return counts.failed === 0 && silent ? { ...counts, failed: 1 } : counts
}

async function prepareHost(): Promise<void> {
  if (process.platform !== 'linux') return
  const missing = preparePackages()
  if (missing.length === 0) await startLibvirt()
}

const wanted = process.argv.slice(2)
const chosen = parts.filter((part) => wanted.length === 0 || wanted.includes(part.name))
if (chosen.length === 0) throw new Error(`no such part: ${wanted.join(' ')}`)
await prepareHost()
const results: (Counts & { readonly name: string })[] = []
for (const part of chosen) {
  console.log(`\n== ${part.name}`)
  const from = Date.now()
  const counts = await part.run()
  console.log(`== ${part.name}: ${counts.failed === 0 ? 'ok' : 'FAILED'}, ${Math.round((Date.now() - from) / 1000)} s`)
  results.push({ name: part.name, ...counts })
}
rmSync(scratch, { recursive: true, force: true })

const sum = (count: keyof Counts): number => results.reduce((all, each) => all + each[count], 0)
const broken = results.filter((each) => each.failed > 0).map((each) => each.name)
if (broken.length > 0) console.log(`\nfailed: ${broken.join(', ')}`)
console.log(
  `\n${sum('passed')} passed, ${sum('failed')} failed${sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : ''}`,
)
process.exitCode = broken.length > 0 ? 1 : 0
