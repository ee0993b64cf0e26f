import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import type { Plant } from '../repository/plant.ts'
import { newRepository, type TestRepository } from '../repository/test-rig.ts'
import { chanceFrom } from './chance.ts'
import { HandClock, inspect, inspectLied, live, type Mark, type World } from './crash-walk.ts'
import { type CrashState, DiskModel, type DiskPlant } from './disk-model.ts'
import { boundedTo, reportFault, reportPlanted } from './rows.ts'

/** Power cuts at every place of random lives: backups, drops, recoveries, sweeps and new epochs, one life after another. */

const suite = import.meta.url
const seed = Number(process.env['STILLPOINT_SEED'] ?? 20_260_401)
let pool: ChunkPool
let template: TestRepository

before(async () => {
  pool = startPool(1)
  template = await newRepository(pool)
})
after(() => pool[Symbol.asyncDispose]())

type Choice = {
  readonly plants?: ReadonlySet<DiskPlant>
  readonly eio?: boolean
  readonly bugs?: ReadonlySet<Plant>
  readonly inspect?: typeof inspect
}

/** What was seen so far; three wrong states are enough to look at. */
type Told = { states: number; readonly most: number; readonly wrong: string[]; readonly acts: Map<string, number> }

function isEnough({ states, most, wrong }: Told): boolean {
  return states >= most || wrong.length >= 3
}

function newWorld(from: number, bugs: ReadonlySet<Plant> | undefined, acts: World['acts']): World {
  const plants = bugs === undefined ? {} : { plants: bugs }
  return { pool, rig: template, clock: new HandClock(), chance: chanceFrom(from), contents: new Map(), acts, ...plants }
}

function newDisk({ clock }: World): CrashState<Mark> {
  const held = [...template.store.objects].map(([name, bytes]) => [name, { bytes, at: clock.now() }] as const)
  return { objects: new Map(held), marks: [] }
}

const cutsOfLife = 3

/** Lives until so many states were seen; within a life each part begins where the last power cut left the disk. */
async function explore(from: number, most: number, choice: Choice): Promise<Told> {
  const told: Told = { states: 0, most, wrong: [], acts: new Map() }
  for (let life = from; !isEnough(told); life += 7919) {
    const world = newWorld(life, choice.bugs, told.acts)
    let left = newDisk(world)
    for (let cut = 0; cut < cutsOfLife && !isEnough(told); cut++) {
      left = await cutEverywhere(world, await lived(world, left, choice), choice, told, `seed ${life}, cut ${cut}`)
    }
  }
  return told
}

async function lived(world: World, start: CrashState<Mark>, { plants, eio }: Choice): Promise<DiskModel<Mark>> {
  const { clock, chance } = world
  const faults = {
    ...(plants === undefined ? {} : { plants }),
    ...(eio === true ? { eioAt: 1 + chance.below(40) } : {}),
  }
  const disk = new DiskModel<Mark>(start, { now: () => clock.now(), ...faults })
  await live(world, disk, 6)
  clock.move(3_600_000)
  return disk
}

/** Answers one of the states, any of them. */
async function cutEverywhere(
  world: World,
  disk: DiskModel<Mark>,
  choice: Choice,
  told: Told,
  where: string,
): Promise<CrashState<Mark>> {
  const look = choice.inspect ?? inspect
  let kept: CrashState<Mark> = newDisk(world)
  for (const state of disk.crashes(world.chance, 24)) {
    if (isEnough(told)) break
    told.states++
    const wrong = await look(world, state, told.states % 16 === 0)
    told.wrong.push(...wrong.map((each) => `${where}, state ${told.states}: ${each}`))
    if (world.chance.once(40)) kept = state
  }
  return kept
}

test('whatever a power cut leaves of a random life has every acknowledged point, and the next start goes on', async (t) => {
  const { states, wrong, acts } = await explore(seed, boundedTo(1200, 80_000), {})
  reportFault({
    fault: 'F2',
    phase: 'backup, drop, sweep, rekey',
    what: 'crash states',
    ran: states,
    bad: wrong.length,
    suite,
  })
  t.diagnostic(`${states} states, seed ${seed}, ${JSON.stringify(Object.fromEntries(acts))}`)
  assert.deepEqual(wrong, [])
  for (const act of ['drop', 'recover', 'epoch', 'sweep', 'backup']) assert.ok((acts.get(act) ?? 0) >= 1, `no ${act}`)
})

test('a disk that fails an fsync once costs what was under way, and nothing that was acknowledged', async (t) => {
  const { states, wrong } = await explore(seed + 1, boundedTo(400, 25_000), { eio: true })
  reportFault({
    fault: 'F3',
    phase: 'backup, drop, sweep, rekey',
    what: 'crash states',
    ran: states,
    bad: wrong.length,
    suite,
  })
  t.diagnostic(`${states} states`)
  assert.deepEqual(wrong, [])
})

test('a disk that lies about its fsyncs costs points, and gives none that is not what it was', async (t) => {
  const lying = { plants: new Set(['lying-fsync'] as const), inspect: inspectLied }
  const { states, wrong } = await explore(seed + 4, boundedTo(400, 5000), lying)
  reportFault({
    fault: 'F7',
    phase: 'backup, drop, sweep, rekey',
    what: 'lied states',
    ran: states,
    bad: wrong.length,
    suite,
  })
  t.diagnostic(`${states} states`)
  assert.deepEqual(wrong, [])
})

for (const plant of ['no-fsync', 'eio-swallowed'] as const) {
  test(`the crash states catch ${plant}`, async () => {
    const choice = { plants: new Set([plant]), eio: plant === 'eio-swallowed' }
    const { wrong } = await explore(seed + 2, 20_000, choice)
    reportPlanted({ bug: plant, isCaught: wrong.length > 0, suite })
    assert.notDeepEqual(wrong, [])
  })
}

for (const plant of ['manifest-first', 'ledger-first', 'index-late'] as const) {
  test(`the crash states catch ${plant}`, async () => {
    const { wrong } = await explore(seed + 3, 20_000, { bugs: new Set([plant]) })
    reportPlanted({ bug: plant, isCaught: wrong.length > 0, suite })
    assert.notDeepEqual(wrong, [])
  })
}
