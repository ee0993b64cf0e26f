import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { test } from 'node:test'
import type { Run } from '../../../shared/job.ts'
import { MiB } from '../../../shared/units.ts'
import { chanceFrom } from './chance.ts'
import { Killable, type KillPoint } from './killable.ts'
import { boundedTo, reportFault } from './rows.ts'
import { needPoint, openConsole, type Place, place } from './walk.ts'

/** The engine's process dies by SIGKILL at one system call after another of a backup; each next process is the judge. */

const chance = chanceFrom(20_260_101)
const sizeBytes = 24 * MiB

type World = {
  readonly place: Place
  readonly repositoryId: string
  readonly machineId: string
  /** SHA-256 of the image when each run began, by run. */
  readonly images: Map<string, string>
  /** Points that a person was told of. */
  readonly acknowledged: string[]
  bytes: Buffer
}

async function newWorld(folder: Place): Promise<World> {
  const bytes = chance.bytes(sizeBytes)
  await writeFile(folder.at('images', 'web.raw'), bytes)
  await using console = await openConsole(folder.at('home'))
  const { repositoryId } = await console.createRepository(folder.at('repository'))
  await console.addImages(folder.at('images'))
  const machineId = await console.machineNamed('web')
  const first = needPoint(await console.backUp(machineId, repositoryId))
  const images = new Map([[first, digest(bytes)]])
  return { place: folder, repositoryId, machineId, images, acknowledged: [first], bytes }
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Six changed MiB, never the same ones. */
async function change(world: World): Promise<void> {
  const start = chance.below(18 * MiB)
  world.bytes.set(chance.bytes(6 * MiB), start)
  await writeFile(world.place.at('images', 'web.raw'), world.bytes)
}

/** Answers whether the backup was killed. */
async function backUpUntil(world: World, engine: Killable, point: KillPoint): Promise<boolean> {
  await change(world)
  const { machineId, repositoryId } = world
  await engine.killAt(point)
  const run = await engine.ended(engine.call('startBackup', { machineId, repositoryId, method: 'incremental' }))
  if (run === undefined) return true
  world.acknowledged.push(needPoint(run))
  world.images.set(needPoint(run), digest(world.bytes))
  return false
}

/** What a new process makes of what the killed one left. */
async function judge(world: World, engine: Killable, told: string): Promise<void> {
  const points = await opened(engine, world)
  const ids = points.map(({ id }) => id)
  for (const id of world.acknowledged) assert.ok(ids.includes(id), `${told}: an acknowledged point is lost`)
  const unknown = ids.filter((id) => !world.images.has(id))
  assert.ok(unknown.length <= 1, `${told}: ${unknown.length} points from nowhere`)
  // It became durable and died before it could say so: then it is a point like any other.
  for (const id of unknown) world.images.set(id, digest(world.bytes))
  const newest = points.toSorted((a, b) => b.createdAt - a.createdAt)[0]
  assert.ok(newest !== undefined)
  assert.equal(await restored(world, engine, newest.id), world.images.get(newest.id), `${told}: the newest differs`)
  await assertRecorded(engine, told)
  assert.deepEqual(await readdir(world.place.at('repository', 'tmp')), [], `${told}: drafts are left`)
  assert.deepEqual((await readdir(world.place.at('images'))).toSorted(), ['.stillpoint-host', 'web.raw'])
}

/** The list of points once the repository is open, which happens by itself. */
async function opened(engine: Killable, { repositoryId }: World) {
  for (let tries = 0; tries < 100; tries++) {
    const [repository] = await engine.call('listRepositories', null)
    if (repository?.state === 'open') {
      assert.equal(repository.id, repositoryId)
      assert.equal(repository.problem, undefined)
      return engine.call('listPoints', {})
    }
  }
  throw new assert.AssertionError({ message: 'the repository did not open by itself' })
}

async function restored(world: World, engine: Killable, pointId: string): Promise<string> {
  const target = { kind: 'images', folder: world.place.at('out'), format: 'raw' } as const
  const run = await engine.ended(engine.call('startRestore', { pointId, target }))
  assert.equal(run?.state, 'done', run?.failure?.message)
  const found = digest(await readFile(run?.target ?? ''))
  await rm(run?.target ?? '')
  return found
}

/** Nothing runs any more, and what was under way has failed because its engine died. */
async function assertRecorded(engine: Killable, told: string): Promise<void> {
  const runs = await engine.call('listRuns', { limit: 1000 })
  const wrong = (run: Run): boolean => run.state !== 'done' && run.failure?.code !== 'engine-died'
  assert.deepEqual(runs.filter(wrong), [], told)
}

async function indexes(world: World): Promise<number> {
  return (await readdir(world.place.at('repository', 'indexes'))).length
}

/** Every n-th call of each kind, counted by thread: the store's calls come from one, the catalog's from another. */
const kinds = [
  { calls: 'fsync', step: 1 },
  { calls: 'link', step: 1 },
  { calls: 'unlink', step: 1 },
  { calls: 'mkdir', step: 1 },
  { calls: 'rename', step: 1 },
  { calls: 'pwrite64', step: boundedTo(2, 1) },
]

type Kills = { backup: number; commit: number }

/** Kills backups at one call of the kind after the other, until one comes to its end. */
async function killBackUps(world: World, { calls, step }: (typeof kinds)[number], kills: Kills): Promise<void> {
  for (let at = 1; ; at += step) {
    await using engine = await Killable.start(world.place.at('home'))
    await judge(world, engine, `before ${calls} ${at}`)
    const indexesBefore = await indexes(world)
    if (!(await backUpUntil(world, engine, { calls, at }))) return
    await engine.exited
    kills[(await indexes(world)) > indexesBefore ? 'commit' : 'backup']++
  }
}

test('killed at every mutating call of a backup and its commit, no acknowledged point is lost and none is half', async (t) => {
  await using folder = await place('images', 'out', 'home')
  const world = await newWorld(folder)
  const kills: Kills = { backup: 0, commit: 0 }
  // A round begins where the last one left repository and catalog, and finds other places.
  for (let round = 0; round < boundedTo(1, 3); round++) for (const kind of kinds) await killBackUps(world, kind, kills)
  for (const phase of ['backup', 'commit'] as const) {
    reportFault({ fault: 'F1', phase, what: 'kill points', ran: kills[phase], bad: 0, suite: import.meta.url })
  }
  t.diagnostic(JSON.stringify(kills))
  assert.ok(kills.backup >= 20 && kills.commit >= 20, JSON.stringify(kills))
  await using console = await openConsole(folder.at('home'))
  const verified = await console.verify(world.repositoryId)
  assert.deepEqual([verified.state, verified.report?.damaged], ['done', []], verified.failure?.message)
})
