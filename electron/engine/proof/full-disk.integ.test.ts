import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { diskFormats } from '../../../shared/machine.ts'
import { MiB } from '../../../shared/units.ts'
import { chanceFrom } from './chance.ts'
import { assertFailed, type Console, needPoint, never, openConsole, type Place, place } from './walk.ts'

/** Disks that fill up or may not be written: small tmpfs, mounted for the test, because nothing pretends to be full better. */

const run = promisify(execFile)
const chance = chanceFrom(20_260_104)

/** Undefined, with the reason told, where nothing can be mounted. */
async function mounted(t: TestContext, folder: string, options: string): Promise<AsyncDisposable | undefined> {
  await mkdir(folder)
  try {
    await run('mount', ['-t', 'tmpfs', '-o', options, 'stillpoint-test', folder])
  } catch (thrown) {
    t.skip(`a tmpfs cannot be mounted here: ${String(thrown)}`)
    return undefined
  }
  return { [Symbol.asyncDispose]: async () => void (await run('umount', ['-l', folder])) }
}

async function machineOf(console: Console, folder: Place, sizeBytes: number): Promise<string> {
  await writeFile(folder.at('images', 'web.raw'), chance.bytes(sizeBytes))
  await console.addImages(folder.at('images'))
  return console.machineNamed('web')
}

test('a repository on a full disk fails the backup as full, keeps its points, and goes on when there is room', async (t) => {
  await using folder = await place('images', 'home', 'out')
  await using disk = await mounted(t, folder.at('small'), 'size=12m')
  if (disk === undefined) return
  await using console = await openConsole(folder.at('home'))
  const { repositoryId } = await console.createRepository(folder.at('small', 'repository'))
  const machineId = await machineOf(console, folder, 6 * MiB)
  const first = needPoint(await console.backUp(machineId, repositoryId))
  await writeFile(folder.at('images', 'web.raw'), chance.bytes(20 * MiB))
  for (let times = 0; times < 2; times++) assertFailed(await console.backUp(machineId, repositoryId), 'no-space')
  assert.deepEqual(await readdir(folder.at('small', 'repository', 'tmp')), [], 'drafts fill the full disk')
  const listed = await console.calls.listPoints({}, never)
  assert.deepEqual(
    listed.map(({ id }) => id),
    [first],
  )
  const target = { kind: 'images', folder: folder.at('out'), format: 'raw' } as const
  assert.equal((await console.restore(first, target)).state, 'done')
  assert.equal((await console.verify(repositoryId)).state, 'done')
  await run('mount', ['-o', 'remount,size=64m', folder.at('small')])
  needPoint(await console.backUp(machineId, repositoryId))
})

test('a target that fills fails the restore as full and keeps nothing, in every format', async (t) => {
  await using folder = await place('images', 'home', 'out')
  await using disk = await mounted(t, folder.at('small'), 'size=4m')
  if (disk === undefined) return
  await using console = await openConsole(folder.at('home'))
  const { repositoryId } = await console.createRepository(folder.at('repository'))
  const point = needPoint(await console.backUp(await machineOf(console, folder, 12 * MiB), repositoryId))
  for (const format of diskFormats) {
    const images = { kind: 'images', folder: folder.at('small'), format } as const
    assert.deepEqual((await console.calls.planRestore({ pointId: point, target: images }, never)).obstacles, [
      'no-space',
    ])
    assertFailed(await console.restore(point, images), 'no-space')
    assert.deepEqual(await readdir(folder.at('small')), [], format)
  }
  const hostId = await console.addImages(folder.at('small'))
  const target = { kind: 'new-machine', name: 'web', hostId } as const
  assert.deepEqual((await console.calls.planRestore({ pointId: point, target }, never)).obstacles, ['no-space'])
  assertFailed(await console.restore(point, target), 'no-space')
  assert.deepEqual(
    (await readdir(folder.at('small'))).filter((name) => name !== '.stillpoint-host'),
    [],
  )
  await rm(folder.at('small', '.stillpoint-host'))
})

test('a read-only target, and a repository on a disk that turned read-only, are named and nothing is lost', async (t) => {
  await using folder = await place('images', 'home', 'out')
  await using disk = await mounted(t, folder.at('small'), 'size=64m')
  if (disk === undefined) return
  await using console = await openConsole(folder.at('home'))
  const { repositoryId } = await console.createRepository(folder.at('small', 'repository'))
  const machineId = await machineOf(console, folder, 2 * MiB)
  const point = needPoint(await console.backUp(machineId, repositoryId))
  await writeFile(folder.at('images', 'web.raw'), chance.bytes(2 * MiB))
  await run('mount', ['-o', 'remount,ro', folder.at('small')])
  const onto = { kind: 'images', folder: folder.at('small'), format: 'raw' } as const
  const plan = await console.calls.planRestore({ pointId: point, target: onto }, never)
  assert.deepEqual(plan.obstacles, ['folder-unusable'])
  const address = { kind: 'folder', folder: folder.at('small', 'other') } as const
  await assert.rejects(console.calls.testStore({ address }, never), { code: 'repository-unreachable' })
  assertFailed(await console.restore(point, onto), 'target-failed')
  assertFailed(await console.backUp(machineId, repositoryId), 'repository-unreachable')
  const away = { kind: 'images', folder: folder.at('out'), format: 'raw' } as const
  assert.equal((await console.restore(point, away)).state, 'done')
  await run('mount', ['-o', 'remount,rw', folder.at('small')])
  needPoint(await console.backUp(machineId, repositoryId))
})
