import { execFileSync } from 'node:child_process'
import { createReadStream, linkSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import type { Contender, Place } from './contender.ts'
import { measureFiles } from './files.ts'
import { measureFileSearch } from './files-search.ts'
import { type Input, makeInput } from './input.ts'
import { liveContenders } from './live.ts'
import { measureManyChunks } from './many-chunks.ts'
import { measureManyPoints } from './many-points.ts'
import { type Command, measure, median, type Run } from './measure.ts'
import { ours } from './ours.ts'
import { borgPeer, resticPeer, sparseCopy, zstd } from './peers.ts'
import { table } from './report.ts'
import { s3Contenders } from './s3.ts'
import { measureWindow } from './window.ts'

/**
 * Times Stillpoint beside its peers on one disk, in turns within one run, since seconds drift on shared machines and only
 * ratios of one run mean something. Prints a Markdown table of medians; every single figure goes to bench-results.json.
 */
export type Phase = 'full' | 'second' | 'restore'
export type Result = { readonly name: string; readonly phase: Phase; readonly run: Run; readonly storedBytes: number }

const { values } = parseArgs({
  options: {
    input: { type: 'string', default: 'full' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
    live: { type: 'boolean', default: false },
    s3: { type: 'boolean', default: false },
    files: { type: 'boolean', default: false },
    window: { type: 'boolean', default: false },
    chunks: { type: 'string' },
    points: { type: 'string' },
    'files-search': { type: 'boolean', default: false },
    entries: { type: 'string', default: '5000000' },
  },
})

async function storedBytes(contender: Contender, spot: Place): Promise<number> {
  if (contender.storedBytes !== undefined) return await contender.storedBytes(spot)
  return Number(String(execFileSync('du', ['-s', '--block-size=1', spot.state])).split('\t')[0])
}

function place(input: Input, contender: Contender): Place {
  const work = path.join(input.folder, 'work', contender.name.replaceAll(/[^a-z0-9]+/gi, '-'))
  rmSync(work, { recursive: true, force: true })
  const folders = {
    state: path.join(work, 'state'),
    machines: path.join(work, 'machines'),
    target: path.join(work, 'target'),
  }
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true })
  return folders
}

function showDay(spot: Place, disk: string): void {
  const shown = path.join(spot.machines, 'server.raw')
  rmSync(shown, { force: true })
  linkSync(disk, shown)
}

/** Everybody reads the disk from memory: what is compared is the work, not whose turn it was to wait for the real disk. */
async function warm(spot: Place): Promise<void> {
  for (const name of readdirSync(spot.machines))
    await pipeline(createReadStream(path.join(spot.machines, name)), devNull())
}

function devNull(): Writable {
  return new Writable({ write: (_, __, done) => done() })
}

async function timed(contender: Contender, phase: Phase, spot: Place, command: Command): Promise<Result> {
  const before = await storedBytes(contender, spot)
  await warm(spot)
  const run = await measure(command)
  console.error(
    `${contender.name}, ${phase}: ${run.wallS.toFixed(2)} s, CPU ${run.cpuS.toFixed(1)} s, ${Math.round(run.peakMiB)} MiB`,
  )
  return { name: contender.name, phase, run, storedBytes: (await storedBytes(contender, spot)) - before }
}

/** One round of one contender. The restored disk is compared with the second day's: a wrong restore has no time. */
async function compete(input: Input, contender: Contender): Promise<readonly Result[]> {
  const spot = place(input, contender)
  try {
    return await phases(input, contender, spot)
  } finally {
    await contender.clear?.(spot)
    rmSync(path.dirname(spot.state), { recursive: true, force: true })
  }
}

async function phases(input: Input, contender: Contender, spot: Place): Promise<readonly Result[]> {
  const results: Result[] = []
  showDay(spot, input.day1)
  await contender.prepare(spot)
  results.push(await timed(contender, 'full', spot, await contender.full(spot)))
  if (contender.second !== undefined) {
    showDay(spot, input.day2)
    results.push(await timed(contender, 'second', spot, await contender.second(spot)))
  }
  if (contender.restore !== undefined && contender.restoredFile !== undefined) {
    results.push(await timed(contender, 'restore', spot, await contender.restore(spot)))
    execFileSync('cmp', [contender.restoredFile(spot), input.day2])
  }
  return results
}

async function contenders(input: Input): Promise<readonly Contender[]> {
  if (values.live) return await liveContenders(input)
  if (values.s3) return s3Contenders
  return [ours, sparseCopy, zstd, resticPeer, borgPeer]
}

async function main(): Promise<void> {
  const input = makeInput(values.input)
  const all = await contenders(input)
  const chosen = all.filter((each) => values.only === undefined || each.name.includes(values.only))
  for (const each of chosen) if (each.missing !== undefined) console.error(`skipped: ${each.missing}`)
  const results: Result[] = []
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const each of chosen.filter((one) => one.missing === undefined)) results.push(...(await compete(input, each)))
  }
  console.log(table(input, results, median))
  const machine = { cpu: os.cpus()[0]?.model, cores: os.cpus().length, memoryBytes: os.totalmem() }
  const written = { at: new Date().toISOString(), machine, input, results }
  writeFileSync(path.join(import.meta.dirname, '..', '..', 'bench-results.json'), JSON.stringify(written, undefined, 2))
}

if (values.points !== undefined) await measureManyPoints(Number(values.points))
else if (values.chunks !== undefined) await measureManyChunks(Number(values.chunks))
else if (values.files) await measureFiles(Number(values.rounds))
else if (values['files-search']) await measureFileSearch(Number(values.entries))
else if (values.window) await measureWindow(Number(values.rounds))
else await main()
