import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import type { RestoreTarget } from '../../../shared/contract.ts'
import type { Run } from '../../../shared/job.ts'
import { KiB, MiB } from '../../../shared/units.ts'
import { chanceFrom } from './chance.ts'
import { Killable, type KillPoint } from './killable.ts'
import { boundedTo, reportFault } from './rows.ts'
import { needPoint, openConsole, type Place, place } from './walk.ts'

/** The engine's process dies by SIGKILL in the middle of a restore: what is there is whole, and doing it again is enough. */

const run = promisify(execFile)
const chance = chanceFrom(20_260_102)

/** Data in pieces with holes between them, so that a restore writes many times. */
const bytes = Buffer.alloc(24 * MiB)
for (let start = 0; start < bytes.length; start += 512 * KiB) bytes.set(chance.bytes(256 * KiB), start)

let folder: Place
let pointId = ''
let hostId = ''
const killed: number[] = []

before(async () => {
  folder = await place('images', 'out', 'home')
  await writeFile(folder.at('images', 'web.raw'), bytes)
  await using console = await openConsole(folder.at('home'))
  const { repositoryId } = await console.createRepository(folder.at('repository'))
  hostId = await console.addImages(folder.at('images'))
  pointId = needPoint(await console.backUp(await console.machineNamed('web'), repositoryId))
})
after(() => folder[Symbol.asyncDispose]())

/** Undefined when the restore was killed. */
async function restoreUntil(target: RestoreTarget, point: KillPoint): Promise<Run | undefined> {
  await using engine = await Killable.start(folder.at('home'))
  await settled(engine)
  await engine.killAt(point)
  const ended = await engine.ended(engine.call('startRestore', { pointId, target }))
  if (ended === undefined) await engine.exited
  killed.push(engine.pid)
  return ended
}

async function again(target: RestoreTarget): Promise<Run> {
  await using console = await openConsole(folder.at('home'))
  const restored = await console.restore(pointId, target)
  const runs = await console.calls.listRuns({ limit: 1000 }, new AbortController().signal)
  const foreseen = ['engine-died', 'target-exists']
  const wrong = runs.filter(({ state, failure }) => state !== 'done' && !foreseen.includes(failure?.code ?? ''))
  assert.deepEqual(wrong, [])
  return restored
}

async function settled(engine: Killable): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const hosts = await engine.call('listHosts', null)
    const [repository] = await engine.call('listRepositories', null)
    if (repository?.state === 'open' && hosts.every(({ state }) => state === 'connected')) return
  }
  throw new assert.AssertionError({ message: 'host and repository did not come back by themselves' })
}

async function assertImage(file: string, format: string): Promise<void> {
  const raw = folder.at('images', 'web.raw')
  if (format === 'raw') assert.ok((await readFile(file)).equals(bytes))
  else await run('qemu-img', ['compare', '-f', 'raw', '-F', format, raw, file])
}

/** Kills the restore at one call after the other until one comes to its end; answers how often it was killed. */
async function killRestores(
  target: RestoreTarget,
  from: KillPoint,
  step: number,
  check: (told: string) => Promise<void>,
): Promise<number> {
  for (let kills = 0; ; kills++) {
    const point = { ...from, at: from.at + kills * step }
    const told = `${point.calls} ${point.at}`
    const ended = await restoreUntil(target, point)
    if (ended !== undefined) assert.equal(ended.state, 'done', `${told}: ${ended.failure?.message}`)
    await check(told)
    if (ended !== undefined) return kills
  }
}

/** Whatever goes wrong fails the test, so that a told row is a good one. */
function report(phase: string, ran: number): void {
  reportFault({ fault: 'F1', phase, what: 'kill points', ran, bad: 0, suite: import.meta.url })
}

/** A visible file is whole; otherwise there is none, and the next restore makes it. Then nothing else is left. */
async function checkImages(format: 'raw' | 'qcow2', told: string): Promise<void> {
  const target = { kind: 'images', folder: folder.at('out'), format } as const
  const seen = (await readdir(folder.at('out'))).filter((name) => !name.startsWith('.'))
  if (seen.length === 0) {
    const restored = await again(target)
    assert.equal(restored.state, 'done', `${told}: ${restored.failure?.message}`)
  } else {
    assert.equal((await again(target)).failure?.code, 'target-exists')
  }
  const file = folder.at('out', `web-web.${format}`)
  await assertImage(file, format)
  await rm(file)
}

test('killed while it writes a raw image, a restore leaves the whole file or none, and the next one makes it', async (t) => {
  const target = { kind: 'images', folder: folder.at('out'), format: 'raw' } as const
  const kinds = [
    { calls: 'pwrite64', at: 17, step: boundedTo(4, 1) },
    { calls: 'ftruncate', at: 1, step: 1 },
    { calls: 'fsync', at: 1, step: 1 },
    { calls: 'link', at: 1, step: 1 },
    { calls: 'unlink', at: 1, step: 1 },
  ]
  let kills = 0
  for (const { step, ...from } of kinds)
    kills += await killRestores(target, from, step, (told) => checkImages('raw', told))
  t.diagnostic(`${kills} kills`)
  report('restore', kills)
  assert.ok(kills >= 14, `${kills} kills`)
  await again(target)
  assert.deepEqual(await readdir(folder.at('out')), ['web-web.raw'])
  await rm(folder.at('out', 'web-web.raw'))
})

test('killed while it writes through qemu-nbd, a restore leaves no half image, no server and no folder of it', async (t) => {
  const target = { kind: 'images', folder: folder.at('out'), format: 'qcow2' } as const
  const kills = await killRestores(target, { calls: 'write', at: 4 }, boundedTo(40, 8), (told) =>
    checkImages('qcow2', told),
  )
  t.diagnostic(`${kills} kills`)
  report('restore', kills)
  assert.ok(kills >= 4, `${kills} kills`)
  const { stdout } = await run('ps', ['-eo', 'args'])
  assert.deepEqual(
    stdout.split('\n').filter((line) => line.includes('qemu-nbd') && line.includes(folder.at())),
    [],
  )
  // The last restore came after all deaths, and took away the sockets' folders that they had left.
  const dead = killed.map((pid) => pid.toString(16).padStart(8, '0'))
  const left = (await readdir(tmpdir())).filter((name) => dead.some((pid) => name.includes(pid)))
  assert.deepEqual(left, [])
})

test('killed while it overwrites in place, a restore is taken back from its undo point, or had overwritten nothing', async (t) => {
  const image = folder.at('images', 'web.raw')
  const before = chance.bytes(bytes.length)
  await writeFile(image, before)
  let mixtures = 0
  let untouched = 0
  const takenBack = async (told: string): Promise<void> => {
    await using console = await openConsole(folder.at('home'))
    const [run] = await console.calls.listRuns({ limit: 1 }, new AbortController().signal)
    const now = await readFile(image)
    if (run?.undoPointId === undefined) {
      untouched++
      return assert.ok(now.equals(before), told)
    }
    if (!now.equals(before) && !now.equals(bytes)) mixtures++
    const undone = await console.restore(run.undoPointId, { kind: 'in-place', withoutUndo: true })
    assert.equal(undone.state, 'done', `${told}: ${undone.failure?.message}`)
    assert.ok((await readFile(image)).equals(before), told)
  }
  const target = { kind: 'in-place' } as const
  // Links make the undo point, vectored writes go to the disk.
  const kills = await killRestores(target, { calls: 'link', at: 1 }, 2, takenBack)
  const more = await killRestores(target, { calls: 'writev', at: 2 }, boundedTo(9, 2), takenBack)
  const told = `${kills + more} kills, ${untouched} before and ${mixtures} in the middle of the overwriting`
  t.diagnostic(told)
  report('restore in place', kills + more)
  assert.ok(untouched >= 2 && mixtures >= 2, told)
})

test('killed while it overwrites in place, a restore done again puts everything back', async (t) => {
  const image = folder.at('images', 'web.raw')
  await writeFile(image, Buffer.alloc(bytes.length, 0xee))
  const inPlace = { kind: 'in-place', withoutUndo: true } as const
  const kills = await killRestores(inPlace, { calls: 'write', at: 4 }, boundedTo(40, 8), async () => {})
  t.diagnostic(`${kills} kills`)
  report('restore', kills)
  assert.ok(kills >= 4, `${kills} kills`)
  assert.ok((await readFile(image)).equals(bytes))
})

test('killed while it makes a new machine, a restore leaves no machine, and the next one makes it', async (t) => {
  const target = { kind: 'new-machine', name: 'web-2', hostId } as const
  const kills = await killRestores(target, { calls: 'pwrite64', at: 17 }, boundedTo(12, 3), async () => {
    const file = folder.at('images', 'web-2.raw')
    const seen = (await readdir(folder.at('images'))).filter((name) => !name.startsWith('.'))
    if (!seen.includes('web-2.raw')) assert.equal((await again(target)).state, 'done')
    await assertImage(file, 'raw')
    await rm(file)
  })
  t.diagnostic(`${kills} kills`)
  report('restore', kills)
  assert.ok(kills >= 2, `${kills} kills`)
  assert.deepEqual((await readdir(folder.at('images'))).toSorted(), ['.stillpoint-host', 'web.raw'])
})
