import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import test from 'node:test'
import { Failure } from '../../../../shared/failure.ts'
import { KiB, MiB } from '../../../../shared/units.ts'
import { partialName } from '../../base/partial.ts'
import { failsWith, full, hypervisorSuite, readAll } from '../hypervisor.suite.ts'
import type { HostMachine } from '../hypervisor.ts'
import { addMachine, imageRig, newMachine, scratchFolder } from './image-folder.rig.ts'
import { openImageFolder } from './image-folder.ts'

const signal = new AbortController().signal

hypervisorSuite('folder of raw images', () => imageRig('raw', (file) => readFile(file)))

test('machines keep their identity when the folder is renamed and opened anew', async () => {
  await using scratch = await scratchFolder()
  const [before, after] = [path.join(scratch.folder, 'before'), path.join(scratch.folder, 'after')]
  await mkdir(before)
  await writeFile(path.join(before, 'web.raw'), Buffer.alloc(4096, 1))
  const first = await openAndList(before)
  await rename(before, after)
  const second = await openAndList(after)
  const known = ({ id, name, disks }: HostMachine) => ({ id, name, disks: disks.map((disk) => disk.name) })
  assert.deepEqual(second.machines.map(known), first.machines.map(known))
  assert.equal(second.machines[0]?.disks[0]?.path, path.join(after, 'web.raw'))
  assert.equal(second.identity.id, first.identity.id)
  assert.deepEqual([first.identity.name, second.identity.name], ['before', 'after'])
})

test('hostile names are listed, backed up and restored as they are', async () => {
  await using scratch = await scratchFolder()
  const names = [
    '--all',
    '`id`',
    '$(id)',
    '<img onerror=alert(1)>',
    'a\u202egnp',
    '4711',
    'a\nb',
    '-',
    '虚拟机',
    '%2E',
    'n'.repeat(200),
  ]
  await using host = await openImageFolder(scratch, signal)
  for (const [at, name] of names.entries()) {
    const bytes = Buffer.alloc(64 * KiB, at + 1)
    await writeFile(path.join(scratch.folder, `${name}.raw`), bytes)
    const copyOf = name.slice(0, 100)
    const machine = (await host.listMachines(signal)).find((each) => each.name === name)
    assert.ok(machine !== undefined)
    const file = path.join(scratch.folder, `${name}.raw`)
    assert.deepEqual(machine.disks, [{ name, format: 'raw', path: file, sizeBytes: 64 * KiB }])
    await using session = await host.beginBackup(full(machine.id), signal)
    const read = await readAll(onlyOf(session.disks).disk)
    assert.ok(read.equals(bytes))
    const wanted = {
      ...newMachine(`${copyOf} copy`, 'raw'),
      disks: [{ name, sizeBytes: read.length, format: 'raw' as const }],
    }
    await addMachine(host, wanted, (disk) => disk.write(0, read, signal))
    assert.ok(bytes.equals(await readFile(path.join(scratch.folder, `${copyOf} copy.raw`))))
  }
  assert.equal((await host.listMachines(signal)).length, names.length * 2)
})

test('a name that leads elsewhere stays in the folder, encoded', async () => {
  await using scratch = await scratchFolder()
  const folder = path.join(scratch.folder, 'host')
  await mkdir(folder)
  await using host = await openImageFolder({ folder }, signal)
  const fill = async () => undefined
  const ids = [
    await addMachine(host, newMachine('../escape', 'raw'), fill),
    await addMachine(host, newMachine('../both', 'raw', '../../one', '..'), fill),
    await addMachine(host, newMachine('.hidden', 'raw'), fill),
  ]
  assert.deepEqual(await readdir(scratch.folder), ['host'])
  const machines = await host.listMachines(signal)
  assert.deepEqual(machines.map(({ name }) => name).toSorted(), ['%2E.%2Fboth', '%2E.%2Fescape', '%2Ehidden'])
  assert.deepEqual(new Set(machines.map(({ id }) => id)), new Set(ids))
})

test('several disks become a folder, and are one machine again', async () => {
  await using scratch = await scratchFolder()
  await using host = await openImageFolder(scratch, signal)
  const contents = [randomBytes(4096), randomBytes(4096)]
  const id = await addMachine(host, newMachine('web', 'raw', 'vda', 'vdb'), (disk, at) =>
    disk.write(0, contents[at] ?? Buffer.alloc(0), signal),
  )
  assert.deepEqual((await readdir(path.join(scratch.folder, 'web'))).toSorted(), ['vda.raw', 'vdb.raw'])
  await using session = await host.beginBackup(full(id), signal)
  assert.deepEqual(
    session.disks.map(({ name }) => name),
    ['vda', 'vdb'],
  )
  for (const [at, { disk }] of session.disks.entries()) {
    assert.ok((await readAll(disk)).subarray(0, 4096).equals(contents[at] ?? Buffer.alloc(0)))
  }
})

test('a disk that is left out by choice is neither read nor warned of; all of them cannot be', async () => {
  await using scratch = await scratchFolder()
  await using host = await openImageFolder(scratch, signal)
  const id = await addMachine(host, newMachine('web', 'raw', 'vda', 'vdb'), (disk, at) =>
    disk.write(0, Buffer.alloc(4096, at + 1), signal),
  )
  await using session = await host.beginBackup({ ...full(id), excluded: ['vda', 'vdz'] }, signal)
  assert.deepEqual([session.disks.map(({ name }) => name), session.warnings], [['vdb'], []])
  await failsWith('disk-unsupported', host.beginBackup({ ...full(id), excluded: ['vda', 'vdb'] }, signal))
})

test('a folder starts nothing, has nothing to shut down and makes no snapshots, and its list says so', async () => {
  await using scratch = await scratchFolder()
  await using host = await openImageFolder(scratch, signal)
  const id = await addMachine(host, newMachine('web', 'raw'), async () => undefined)
  assert.equal((await host.listMachines(signal))[0]?.snapshotRefusal, 'host-without-snapshots')
  await failsWith('host-unsupported', host.startMachine(id, signal))
  await host.shutDownMachine(id, signal)
  const snapshot = { name: 'a', description: undefined, memory: false }
  for (const refused of [
    () => host.createSnapshot(id, snapshot, signal),
    () => host.revertSnapshot(id, 'a', signal),
    () => host.deleteSnapshot(id, 'a', signal),
  ]) {
    await assert.rejects(refused, { code: 'snapshot-refused', message: /^host-without-snapshots: / })
  }
  await failsWith('machine-not-found', host.startMachine(host.identity.id, signal))
})

test('nothing that exists is replaced, not even an empty folder or a file that came meanwhile', async () => {
  await using scratch = await scratchFolder()
  await using host = await openImageFolder(scratch, signal)
  await mkdir(path.join(scratch.folder, 'empty'))
  await failsWith('target-exists', host.createMachine(newMachine('empty', 'raw', 'a', 'b'), signal))
  {
    await using session = await host.createMachine(newMachine('web', 'raw', 'a', 'b'), signal)
    await mkdir(path.join(scratch.folder, 'web'))
    await failsWith('target-exists', session.finish(signal))
  }
  {
    await using session = await host.createMachine(newMachine('db', 'raw'), signal)
    await mkdir(path.join(scratch.folder, 'db.raw'))
    await failsWith('target-exists', session.finish(signal))
  }
  const left = (await readdir(scratch.folder)).filter((name) => name !== '.stillpoint-host')
  assert.deepEqual(left.toSorted(), ['db.raw', 'empty', 'web'])
})

test('an image that changes while it is read ends its session with machine-busy', async () => {
  await using scratch = await scratchFolder()
  await using host = await openImageFolder(scratch, signal)
  const file = path.join(scratch.folder, 'web.raw')
  await writeFile(file, Buffer.alloc(MiB, 1))
  const id = onlyOf(await host.listMachines(signal)).id
  await using session = await host.beginBackup(full(id), signal)
  const { disk } = onlyOf(session.disks)
  await disk.read(0, new Uint8Array(4096), signal)
  assert.equal(session.lost.aborted, false)
  await writeFile(file, Buffer.alloc(MiB, 2))
  await failsWith('machine-busy', disk.read(0, new Uint8Array(4096), signal))
  assert.ok(session.lost.aborted && session.lost.reason instanceof Failure)
})

test('a machine is not overwritten while it is read, nor read while it is overwritten', async () => {
  await using scratch = await scratchFolder()
  await using host = await openImageFolder(scratch, signal)
  const id = await addMachine(host, newMachine('web', 'raw'), async () => undefined)
  {
    await using first = await host.beginBackup(full(id), signal)
    await using second = await host.beginBackup(full(id), signal)
    assert.equal(first.disks.length, second.disks.length)
    await failsWith('machine-busy', host.openInPlace(id, ['web'], signal))
  }
  await using target = await host.openInPlace(id, ['web'], signal)
  assert.equal(target.disks.length, 1)
  await failsWith('machine-busy', host.beginBackup(full(id), signal))
})

test('what is refused in the storage of another folder, or has no disk, makes nothing', async () => {
  await using scratch = await scratchFolder()
  await using host = await openImageFolder(scratch, signal)
  await failsWith('host-unsupported', host.createMachine({ ...newMachine('web', 'raw'), storage: '/' }, signal))
  await failsWith('disk-unsupported', host.createMachine({ ...newMachine('web', 'raw'), disks: [] }, signal))
  assert.deepEqual(await host.listMachines(signal), [])
})

test('cleanUp removes what a dead process left and says so', async () => {
  await using scratch = await scratchFolder()
  await using host = await openImageFolder(scratch, signal)
  const living = partialName()
  const unusedPid = (2 ** 31 - 1).toString(16).padStart(8, '0')
  const dead = living.replace(process.pid.toString(16).padStart(8, '0'), unusedPid)
  for (const name of [living, dead]) await mkdir(path.join(scratch.folder, name))
  const mended = await host.cleanUp(() => false, signal)
  assert.equal(mended.length, 1)
  assert.ok(mended[0]?.includes(dead))
  assert.deepEqual((await readdir(scratch.folder)).toSorted(), ['.stillpoint-host', living].toSorted())
})

test('listeners hear when somebody else puts an image into the folder or takes one away', async () => {
  await using scratch = await scratchFolder()
  await using host = await openImageFolder(scratch, signal)
  const file = path.join(scratch.folder, 'new.raw')
  let heard = Promise.withResolvers<void>()
  host.onChange(() => heard.resolve())
  // The first look must be over before the change, or it would already show it.
  await host.listMachines(signal)
  await changeUntilHeard(heard.promise, () => writeFile(file, randomBytes(1 + (randomBytes(1)[0] ?? 0))))
  heard = Promise.withResolvers()
  await rm(file)
  await heard.promise
})

test('a folder that is not there, or goes away, is unreachable and not empty', async () => {
  await using scratch = await scratchFolder()
  const folder = path.join(scratch.folder, 'host')
  await failsWith('host-unreachable', openImageFolder({ folder }, signal))
  await writeFile(folder, 'a file')
  await failsWith('host-unreachable', openImageFolder({ folder }, signal))
  await rm(folder)
  await mkdir(folder)
  await using host = await openImageFolder({ folder }, signal)
  assert.deepEqual(await host.listMachines(signal), [])
  await rename(folder, `${folder}-unmounted`)
  await failsWith('host-unreachable', host.listMachines(signal))
  await mkdir(folder)
  await failsWith('host-unreachable', host.listMachines(signal))
  await failsWith('host-unreachable', host.createMachine(newMachine('web', 'raw'), signal))
  await rm(folder, { recursive: true })
  await rename(`${folder}-unmounted`, folder)
  assert.deepEqual(await host.listMachines(signal), [])
})

async function openAndList(folder: string) {
  await using host = await openImageFolder({ folder }, signal)
  return { identity: host.identity, machines: await host.listMachines(signal) }
}

/** Each change shows another size, so that one of them comes after the listener's first look. */
async function changeUntilHeard(heard: Promise<void>, change: () => Promise<void>): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    await change()
    const over = await Promise.race([heard.then(() => true), soon()])
    if (over) return
  }
  assert.fail('nothing was heard')
}

async function soon(): Promise<boolean> {
  await new Promise((resolve) => setTimeout(resolve, 100))
  return false
}

function onlyOf<T>(list: readonly T[]): T {
  const [one] = list
  assert.ok(one !== undefined && list.length === 1)
  return one
}
