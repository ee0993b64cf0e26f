import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { test } from 'node:test'
import { MiB } from '../../../shared/units.ts'
import { chanceFrom } from './chance.ts'
import { Killable } from './killable.ts'
import { boundedTo, reportFault } from './rows.ts'
import { needPoint, never, openConsole, type Place, passphrase, place } from './walk.ts'

/** The engine dies by SIGKILL in what it does beside backups: verification, sweep, copies, trash, new keys. */

const suite = import.meta.url
const seed = Number(process.env['STILLPOINT_SEED'] ?? 20_260_404)
const chance = chanceFrom(seed)

type World = {
  readonly folder: Place
  readonly first: string
  readonly second: string
  readonly machineId: string
  readonly bytes: Buffer
  /** Points that are in the first repository and that nobody dropped. */
  readonly acknowledged: Set<string>
}

async function newWorld(folder: Place): Promise<World> {
  const bytes = chance.bytes(2 * MiB)
  await writeFile(folder.at('images', 'web.raw'), bytes)
  await mkdir(folder.at('home'))
  await using console = await openConsole(folder.at('home'))
  const first = (await console.createRepository(folder.at('first'))).repositoryId
  const second = (await console.createRepository(folder.at('second'))).repositoryId
  await console.addImages(folder.at('images'))
  const machineId = await console.machineNamed('web')
  const acknowledged = new Set([needPoint(await console.backUp(machineId, first))])
  return { folder, first, second, machineId, bytes, acknowledged }
}

async function backUp(world: World, engine: Killable): Promise<string> {
  const { bytes, folder, machineId, first } = world
  bytes.set(chance.bytes(MiB / 2), chance.below(MiB))
  await writeFile(folder.at('images', 'web.raw'), bytes)
  const started = engine.call('startBackup', { machineId, repositoryId: first, method: 'incremental' })
  const run = await engine.ended(started)
  assert.ok(run !== undefined)
  world.acknowledged.add(needPoint(run))
  return needPoint(run)
}

type Phase = {
  readonly name: string
  /** What gives the act something to do. */
  prepare(world: World, engine: Killable): Promise<unknown>
  /** Resolves when the act has ended, or with its process. */
  act(world: World, engine: Killable): Promise<unknown>
}

async function drop(world: World, engine: Killable): Promise<void> {
  const pointId = await backUp(world, engine)
  world.acknowledged.delete(pointId)
  await engine.call('deletePoints', { repositoryId: world.first, pointIds: [pointId] })
}

const phases: readonly Phase[] = [
  {
    name: 'verify',
    prepare: backUp,
    act: ({ first }, engine) => engine.ended(engine.call('startVerify', { repositoryId: first })),
  },
  {
    name: 'copy',
    prepare: backUp,
    act: ({ first, second }, engine) => engine.ended(engine.call('startCopy', { from: first, to: second })),
  },
  {
    name: 'sweep',
    prepare: drop,
    act: ({ first }, engine) => engine.ended(engine.call('startSweep', { repositoryId: first })),
  },
  {
    name: 'drop',
    prepare: backUp,
    async act(world, engine) {
      const pointId = [...world.acknowledged].at(-1) ?? ''
      // From the moment on when it is asked for, nobody may rely on it.
      world.acknowledged.delete(pointId)
      await engine.call('deletePoints', { repositoryId: world.first, pointIds: [pointId] })
    },
  },
  {
    name: 'rekey',
    prepare: async () => {},
    act: ({ first }, engine) => engine.call('renewEpoch', { repositoryId: first }),
  },
  {
    name: 'new recovery words',
    prepare: async () => {},
    act: ({ first }, engine) => engine.call('renewRecoveryWords', { repositoryId: first }),
  },
]

/** What a new process makes of what the killed one left; it asks nobody anything. */
async function judge(world: World, engine: Killable, told: string): Promise<readonly string[]> {
  await engine.opened()
  const listed = new Set((await engine.call('listPoints', {})).map(({ id }) => id))
  const lost = [...world.acknowledged].filter((id) => !listed.has(id)).map((id) => `${told}: point ${id} is lost`)
  const runs = await engine.call('listRuns', { limit: 1000 })
  const wrong = runs.filter(({ state, failure }) => state !== 'done' && failure?.code !== 'engine-died')
  return [...lost, ...wrong.map(({ kind, failure }) => `${told}: a ${kind} ended as ${JSON.stringify(failure)}`)]
}

const calls = boundedTo(['link', 'pwrite64'], ['link', 'fsync', 'unlink', 'pwrite64', 'fdatasync'])

/** Kills the act at one call of each kind after the other, until it comes to its end. */
async function killEverywhere(world: World, phase: Phase, most: number, wrong: string[]): Promise<number> {
  let kills = 0
  for (const kind of calls) {
    for (let at = 1; at <= most; at++) {
      const told = `${phase.name} at ${kind} ${at}`
      await using engine = await Killable.start(world.folder.at('home'))
      wrong.push(...(await judge(world, engine, `before ${told}`)))
      await phase.prepare(world, engine)
      await engine.killAt({ calls: kind, at })
      if (await engine.survives(phase.act(world, engine))) break
      await engine.exited
      kills++
    }
  }
  return kills
}

test('killed in whatever it does beside backups, the next engine goes on alone, and all that was told of is there', async (t) => {
  await using folder = await place('images')
  const world = await newWorld(folder)
  const wrong: string[] = []
  const told: string[] = []
  for (const phase of phases) {
    const before = wrong.length
    const kills = await killEverywhere(world, phase, boundedTo(1, 40), wrong)
    const fault = phase.name === 'drop' || phase.name === 'copy' ? 'F1' : 'F22'
    reportFault({ fault, phase: phase.name, what: 'kill points', ran: kills, bad: wrong.length - before, suite })
    told.push(`${phase.name} ${kills}`)
  }
  t.diagnostic(`kills: ${told.join(', ')}, seed ${seed}`)
  await using console = await openConsole(folder.at('home'))
  for (const repositoryId of [world.first, world.second]) {
    const verified = await console.verify(repositoryId)
    if (verified.state !== 'done') wrong.push(`verification: ${verified.failure?.message}`)
  }
  const copied = await console.ended(
    (await console.calls.startCopy({ from: world.first, to: world.second }, never)).runId,
  )
  if (copied.state !== 'done') wrong.push(`the last copy: ${copied.failure?.message}`)
  wrong.push(...(await stillOpens(folder)))
  assert.deepEqual(wrong, [])
})

/** With the passphrase, on a machine that never saw the repository. */
async function stillOpens(folder: Place): Promise<readonly string[]> {
  await using console = await openConsole(folder.at('elsewhere'))
  const address = { kind: 'folder', folder: folder.at('first') } as const
  const unlock = { kind: 'passphrase', passphrase } as const
  const opened = await console.calls
    .openRepository({ address, unlock }, never)
    .catch((thrown: unknown) => String(thrown))
  return typeof opened === 'string' ? [`the old passphrase no longer opens: ${opened}`] : []
}
