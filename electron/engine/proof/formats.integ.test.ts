import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { truncate, writeFile } from 'node:fs/promises'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { type DiskFormat, diskFormats } from '../../../shared/machine.ts'
import { KiB, MiB } from '../../../shared/units.ts'
import { chanceFrom } from './chance.ts'
import { type Console, needPoint, openConsole, type Place, place } from './walk.ts'

/** Every image format out and back, judged by qemu-img and not by us. */

const run = promisify(execFile)

/** None is a multiple of a chunk; a raw disk need not even end with a sector. */
const sizes: Readonly<Record<DiskFormat, number>> = {
  raw: 5 * MiB + 77 * KiB + 3,
  qcow2: 6 * MiB + 3 * 512,
  vmdk: 7 * MiB + 100 * KiB,
  vhdx: 5 * MiB + 64 * KiB,
  vdi: 4 * MiB + 512,
}

/** Data, holes, a chunk of zeroes that is allocated, and bytes at the very end. */
async function makeImage(place: Place, format: DiskFormat): Promise<string> {
  const chance = chanceFrom(sizes[format])
  const bytes = Buffer.alloc(sizes[format])
  for (const start of [0, 700 * KiB, 2 * MiB + 5, bytes.length - 90_000]) bytes.set(chance.bytes(90_000), start)
  const raw = place.at(`${format}.source`)
  await writeFile(raw, bytes)
  const image = place.at('images', `disk-${format}.${format}`)
  if (format === 'raw') await writeFile(image, bytes)
  else await run('qemu-img', ['convert', '-f', 'raw', '-O', format, raw, image])
  return image
}

async function assertSame(one: string, oneFormat: string, other: string, otherFormat: string): Promise<void> {
  const { stdout } = await run('qemu-img', ['compare', '-f', oneFormat, '-F', otherFormat, one, other])
  assert.match(stdout, /^Images are identical/m, `${one} and ${other}: ${stdout}`)
}

async function virtualSize(file: string, format: string): Promise<number> {
  const { stdout } = await run('qemu-img', ['info', '--output=json', '-f', format, file])
  return (JSON.parse(stdout) as { 'virtual-size': number })['virtual-size']
}

async function backedUp(console: Console, folder: Place) {
  const { repositoryId } = await console.createRepository(folder.at('repository'))
  const hostId = await console.addImages(folder.at('images'))
  const points = new Map<DiskFormat, string>()
  for (const format of diskFormats) {
    const machineId = await console.machineNamed(`disk-${format}`)
    points.set(format, needPoint(await console.backUp(machineId, repositoryId)))
  }
  return { points, repositoryId, hostId }
}

test('each of the five formats comes back in each of the five, byte for byte', async () => {
  await using folder = await place('images', 'out', 'home')
  for (const format of diskFormats) await makeImage(folder, format)
  await using console = await openConsole(folder.at('home'))
  const { points } = await backedUp(console, folder)
  for (const [from, pointId] of points) {
    for (const format of diskFormats) {
      const restored = await console.restore(pointId, { kind: 'images', folder: folder.at('out'), format })
      assert.equal(restored.state, 'done', `${from} to ${format}: ${restored.failure?.message}`)
      const file = restored.target ?? ''
      await assertSame(folder.at('images', `disk-${from}.${from}`), from, file, format)
      const wanted = format === 'raw' ? sizes[from] : Math.ceil(sizes[from] / 512) * 512
      if (format !== 'raw') assert.equal(await virtualSize(file, format), wanted)
    }
  }
})

test('each format comes back as a new machine and in place, in the format it had', async () => {
  await using folder = await place('images', 'home')
  for (const format of diskFormats) await makeImage(folder, format)
  await using console = await openConsole(folder.at('home'))
  const { points, hostId } = await backedUp(console, folder)
  for (const [format, pointId] of points) {
    const own = folder.at('images', `disk-${format}.${format}`)
    const source = folder.at(`${format}.source`)
    const made = await console.restore(pointId, { kind: 'new-machine', name: `new-${format}`, hostId })
    assert.equal(made.state, 'done', made.failure?.message)
    await assertSame(own, format, folder.at('images', `new-${format}.${format}`), format)
    await run('qemu-io', ['-f', format, '-c', 'write -P 7 1M 300k', '-c', 'write -z 0 64k', own])
    const back = await console.restore(pointId, { kind: 'in-place' })
    assert.equal(back.state, 'done', `${format}: ${back.failure?.message}`)
    await assertSame(own, format, source, 'raw')
  }
})

test('an image that did not change is read again and stored once; a change of one byte costs one chunk', async () => {
  await using folder = await place('images', 'home', 'out')
  const image = await makeImage(folder, 'qcow2')
  await using console = await openConsole(folder.at('home'))
  const { repositoryId } = await console.createRepository(folder.at('repository'))
  await console.addImages(folder.at('images'))
  const machineId = await console.machineNamed('disk-qcow2')
  needPoint(await console.backUp(machineId, repositoryId))
  const same = await console.backUp(machineId, repositoryId)
  needPoint(same)
  assert.equal(same.disks[0]?.how, 'compare')
  assert.ok(same.progress.bytesStored < 16 * KiB, `${same.progress.bytesStored}`)
  await run('qemu-io', ['-f', 'qcow2', '-c', 'write -P 9 3M 1', image])
  const changed = await console.backUp(machineId, repositoryId)
  needPoint(changed)
  assert.ok(changed.progress.bytesStored < 128 * KiB + 32 * KiB, `${changed.progress.bytesStored}`)
})

test('an image that grew or shrank between two points is followed', async () => {
  await using folder = await place('images', 'home', 'out')
  const image = await makeImage(folder, 'raw')
  await using console = await openConsole(folder.at('home'))
  const { repositoryId } = await console.createRepository(folder.at('repository'))
  await console.addImages(folder.at('images'))
  const machineId = await console.machineNamed('disk-raw')
  for (const sizeBytes of [sizes.raw, sizes.raw + 3 * MiB + 7, 2 * MiB + 1]) {
    await truncate(image, sizeBytes)
    const pointId = needPoint(await console.backUp(machineId, repositoryId))
    const out = folder.at('out')
    const { target } = await console.restore(pointId, { kind: 'images', folder: out, format: 'raw' })
    await run('cmp', [image, target ?? ''])
    await run('rm', [target ?? ''])
  }
})
