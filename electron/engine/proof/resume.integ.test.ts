import assert from 'node:assert/strict'
import { readdir, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { MiB } from '../../../shared/units.ts'
import { chanceFrom } from './chance.ts'
import { Killable } from './killable.ts'
import { boundedTo, reportFault } from './rows.ts'
import { needPoint, openConsole, type Place, place } from './walk.ts'

/** A backup that is killed again and again goes on from what is durable: what was stored is not stored a second time. */

const suite = import.meta.url
const seed = Number(process.env['STILLPOINT_SEED'] ?? 20_260_405)
const chance = chanceFrom(seed)
const packBytes = 16 * MiB
const imageBytes = 96 * MiB

type World = { readonly folder: Place; readonly repositoryId: string; readonly machineId: string }

async function newWorld(folder: Place): Promise<World> {
  await writeFile(folder.at('images', 'web.raw'), chance.bytes(imageBytes))
  await using console = await openConsole(folder.at('home'))
  const { repositoryId } = await console.createRepository(folder.at('repository'))
  await console.addImages(folder.at('images'))
  return { folder, repositoryId, machineId: await console.machineNamed('web') }
}

/** Bytes of all packs that got their names. */
async function storedBytes({ folder }: World): Promise<number> {
  const top = folder.at('repository', 'packs')
  const found = await readdir(top, { recursive: true, withFileTypes: true })
  const files = found.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name))
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** Answers whether the engine was killed, which it is when so many more objects have got their names. */
async function backUpUntil(world: World, objects: number): Promise<boolean> {
  const { folder, machineId, repositoryId } = world
  await using engine = await Killable.start(folder.at('home'))
  await engine.opened()
  await engine.killAt({ calls: 'link', at: objects })
  const run = await engine.ended(engine.call('startBackup', { machineId, repositoryId, method: 'full' }))
  if (run !== undefined) needPoint(run)
  else await engine.exited
  return run === undefined
}

test('a backup killed at random times stores nothing twice but the pack that was under way', async (t) => {
  await using folder = await place('images', 'home')
  const world = await newWorld(folder)
  const kills = boundedTo(5, 25)
  let killed = 0
  for (let left = kills; left > 0; left--) if (await backUpUntil(world, 2 + chance.below(4))) killed++
  while (await backUpUntil(world, 1000)) killed++
  // Random bytes neither compress nor repeat: beyond them there are maps and the packs' own tables.
  const twice = (await storedBytes(world)) - imageBytes * 1.01
  const bad = twice > packBytes ? 1 : 0
  t.diagnostic(`${killed} kills, ${(twice / MiB).toFixed(1)} MiB stored twice, seed ${seed}`)
  reportFault({ fault: 'F10', phase: 'resume of a backup', what: 'kill points', ran: killed, bad, suite })
  assert.ok(killed >= 3, `only ${killed} kills`)
  await using console = await openConsole(folder.at('home'))
  const verified = await console.verify(world.repositoryId)
  assert.deepEqual([verified.state, bad], ['done', 0], verified.failure?.message)
})
