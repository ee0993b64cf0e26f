import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Run } from '../../../shared/job.ts'
import { MiB } from '../../../shared/units.ts'
import { chanceFrom } from './chance.ts'
import { type FailPoint, Killable } from './killable.ts'
import { boundedTo, reportFault } from './rows.ts'
import { openConsole, type Place, place } from './walk.ts'

/** System calls of a living engine fail, one after another, by `strace`: each run is done or says why it is not. */

const suite = import.meta.url
const seed = Number(process.env['STILLPOINT_SEED'] ?? 20_260_403)
const chance = chanceFrom(seed)
const longestMs = 30_000

type World = {
  readonly folder: Place
  readonly repositoryId: string
  readonly machineId: string
  readonly bytes: Buffer
  /** SHA-256 of the image by the points that were told of. */
  readonly acknowledged: Map<string, string>
  engine: Killable
  injections: number
  readonly wrong: string[]
  readonly ends: Map<string, number>
}

type Kind = {
  readonly fault: 'F3' | 'F4' | 'F5'
  readonly calls: string
  readonly errno: string
  readonly step: number
  readonly isForEver?: true
}

const kinds: readonly Kind[] = [
  { fault: 'F3', calls: 'fsync,fdatasync', errno: 'EIO', step: 1 },
  { fault: 'F3', calls: 'fsync,fdatasync', errno: 'EIO', step: 3, isForEver: true },
  { fault: 'F3', calls: 'pwrite64', errno: 'EIO', step: 2 },
  { fault: 'F3', calls: 'link', errno: 'EIO', step: 1 },
  { fault: 'F3', calls: 'unlink', errno: 'EIO', step: 1 },
  { fault: 'F3', calls: 'pread64,preadv', errno: 'EIO', step: 2 },
  { fault: 'F4', calls: 'pwrite64', errno: 'ENOSPC', step: 2 },
  { fault: 'F4', calls: 'pwrite64', errno: 'ENOSPC', step: 5, isForEver: true },
  { fault: 'F4', calls: 'link', errno: 'ENOSPC', step: 1 },
  { fault: 'F4', calls: 'mkdir', errno: 'ENOSPC', step: 1 },
  { fault: 'F5', calls: 'openat', errno: 'EMFILE', step: 2 },
  { fault: 'F5', calls: 'openat', errno: 'ENFILE', step: 7, isForEver: true },
  { fault: 'F5', calls: 'openat', errno: 'ENOMEM', step: 5 },
]

async function newWorld(folder: Place): Promise<World> {
  const bytes = chance.bytes(4 * MiB)
  await writeFile(folder.at('images', 'web.raw'), bytes)
  const { repositoryId, machineId } = await (async () => {
    await using console = await openConsole(folder.at('home'))
    const created = await console.createRepository(folder.at('repository'))
    await console.addImages(folder.at('images'))
    return { repositoryId: created.repositoryId, machineId: await console.machineNamed('web') }
  })()
  const engine = await Killable.start(folder.at('home'))
  const nothing = { acknowledged: new Map(), injections: 0, wrong: [], ends: new Map() }
  return { folder, repositoryId, machineId, bytes, engine, ...nothing }
}

/** The run, undefined when the engine did not live through it. */
async function backUp(world: World, point?: FailPoint): Promise<Run | undefined> {
  const { machineId, repositoryId, bytes, folder, engine } = world
  bytes.set(chance.bytes(MiB), chance.below(3 * MiB))
  await writeFile(folder.at('images', 'web.raw'), bytes)
  await engine.opened()
  await using _ = point === undefined ? undefined : await engine.failAt(point)
  const run = await bounded(
    engine,
    engine.ended(engine.call('startBackup', { machineId, repositoryId, method: 'incremental' })),
  )
  if (run?.state === 'done') world.acknowledged.set(run.pointId ?? '', digestOf(bytes))
  return run
}

/** A run that stands still is ended with its engine, and shows as one that died. */
async function bounded(engine: Killable, ended: Promise<Run | undefined>): Promise<Run | undefined> {
  const enough = new AbortController()
  const late = delay(longestMs, 'late', { signal: enough.signal }).catch(() => 'ended')
  const first = await Promise.race([ended, late])
  enough.abort()
  if (first !== 'late') return await ended
  process.kill(engine.pid, 'SIGKILL')
  await ended
  throw new Error('"code":"stands-still"')
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

async function injectOne(world: World, point: FailPoint): Promise<void> {
  const told = `${point.calls} ${point.at}${point.isForEver ? '+' : ''} ${point.errno}`
  world.injections++
  // A call that is refused at once has started nothing and says why as well.
  const run = await backUp(world, point).catch((thrown: unknown) => codeOf(thrown))
  const end = typeof run === 'string' ? `refused: ${run}` : (run?.failure?.code ?? run?.state ?? 'died')
  world.ends.set(end, (world.ends.get(end) ?? 0) + 1)
  if (end === 'bug' || end === 'refused: bug') world.wrong.push(`${told}: no cause is named, ${JSON.stringify(run)}`)
  if (end === 'refused: stands-still') world.wrong.push(`${told}: the run stands still`)
  if (end === 'died' || end === 'refused: stands-still') {
    await world.engine[Symbol.asyncDispose]()
    world.engine = await Killable.start(world.folder.at('home'))
  }
  if (world.injections % 8 === 0) world.wrong.push(...(await judged(world)).map((each) => `${told}: ${each}`))
}

/** The code that a refused call bears; the victim tells failures as JSON. */
function codeOf(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return /"code":"([a-z-]+)"/.exec(message)?.[1] ?? 'bug'
}

/** What was told of is there, the next backup goes well, and the newest point is what the image was. */
async function judged(world: World): Promise<readonly string[]> {
  const { engine, acknowledged, folder } = world
  const run = await backUp(world)
  if (run?.state !== 'done') return [`the next backup fails: ${run?.failure?.code} ${run?.failure?.message}`]
  const listed = new Set((await engine.call('listPoints', {})).map(({ id }) => id))
  const lost = [...acknowledged.keys()].filter((id) => !listed.has(id)).map((id) => `point ${id} is lost`)
  const target = { kind: 'images', folder: folder.at('out'), format: 'raw' } as const
  const restored = await engine.ended(engine.call('startRestore', { pointId: run.pointId ?? '', target }))
  if (restored?.state !== 'done') return [...lost, `the newest point does not restore: ${restored?.failure?.message}`]
  const digest = digestOf(await readFile(restored.target ?? ''))
  await rm(restored.target ?? '')
  return digest === acknowledged.get(run.pointId ?? '') ? lost : [...lost, 'the newest point restores to other bytes']
}

test('whichever system call of a backup fails, and with which error, the run says why and nothing told of is lost', async (t) => {
  await using folder = await place('images', 'out')
  await mkdir(folder.at('home'))
  const world = await newWorld(folder)
  await using _ = { [Symbol.asyncDispose]: () => world.engine[Symbol.asyncDispose]() }
  const each = boundedTo(3, 34)
  for (const { fault, step, calls, errno, isForEver = false } of kinds) {
    const before = { injections: world.injections, wrong: world.wrong.length }
    for (let turn = 0; turn < each; turn++) await injectOne(world, { calls, errno, isForEver, at: 1 + turn * step })
    const [ran, bad] = [world.injections - before.injections, world.wrong.length - before.wrong]
    const phase = `backup: ${calls.split(',')[0]} ${errno}${isForEver ? ' for ever' : ''}`
    reportFault({ fault, phase, what: 'errno injections', ran, bad, suite })
  }
  const { repositoryId } = world
  const verified = await world.engine.ended(world.engine.call('startVerify', { repositoryId }))
  t.diagnostic(`${world.injections} injections, seed ${seed}: ${JSON.stringify(Object.fromEntries(world.ends))}`)
  assert.deepEqual([...world.wrong, ...(await judged(world))], [])
  assert.deepEqual([verified?.state, verified?.report?.damaged], ['done', []])
})
