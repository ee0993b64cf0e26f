import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import test from 'node:test'
import { promisify } from 'node:util'
import { MiB } from '../../../../shared/units.ts'
import { start } from '../../base/run.ts'
import { failsWith, full, hypervisorSuite, readAll } from '../hypervisor.suite.ts'
import type { HostMachine } from '../hypervisor.ts'
import { addMachine, imageRig, newMachine, scratchFolder } from './image-folder.rig.ts'
import { openImageFolder } from './image-folder.ts'
import { usageOf } from './locks.ts'

const run = promisify(execFile)
const signal = new AbortController().signal
const secret = Buffer.alloc(MiB, 'a secret of the host ')

for (const format of ['qcow2', 'vmdk', 'vhdx', 'vdi'] as const) {
  hypervisorSuite(`folder of ${format} images`, () =>
    imageRig(format, async (file) => {
      const raw = `${file}.${Math.random()}.partial`
      await run('qemu-img', ['convert', '-f', format, '-O', 'raw', file, raw])
      const bytes = await readFile(raw)
      await rm(raw)
      return bytes
    }),
  )
}

test('an image made by qemu-img reads the same through the driver, whatever its format', async () => {
  await using scratch = await scratchFolder()
  const content = Buffer.alloc(3 * MiB)
  content.write('at the start', 0)
  content.write('in the middle', 2 * MiB - 5)
  await writeFile(path.join(scratch.folder, 'source'), content)
  for (const format of ['qcow2', 'vmdk', 'vhdx', 'vdi']) {
    await run('qemu-img', ['convert', '-f', 'raw', '-O', format, 'source', `${format}.${format}`], {
      cwd: scratch.folder,
    })
  }
  await using host = await openImageFolder(scratch, signal)
  const machines = await host.listMachines(signal)
  assert.equal(machines.length, 4)
  for (const machine of machines) {
    await using session = await host.beginBackup(full(machine.id), signal)
    const [disk] = session.disks
    assert.ok(disk !== undefined && disk.disk.sizeBytes === content.length, machine.name)
    assert.ok(content.equals(await readAll(disk.disk)), machine.name)
  }
})

test('images that refer to other files are listed with the reason, and none of their bytes is read', async () => {
  await using scratch = await scratchFolder()
  const outside = path.join(scratch.folder, 'secret.raw')
  const folder = path.join(scratch.folder, 'host')
  await mkdir(folder)
  await writeFile(outside, secret)
  const make = (...args: readonly string[]) => run('qemu-img', ['create', '-q', ...args], { cwd: folder })
  await make('-f', 'qcow2', '-b', outside, '-F', 'raw', 'backing.qcow2')
  const json = `json:{"driver":"raw","file.filename":"${outside}"}`
  await make('-f', 'qcow2', '-u', '-b', json, '-F', 'raw', 'json.qcow2', '1M')
  await make('-f', 'qcow2', '-o', 'data_file=../data,data_file_raw=on', 'data.qcow2', '1M')
  await make('-f', 'vmdk', '-o', 'subformat=monolithicFlat', 'flat.vmdk', '1M')
  await writeFile(path.join(folder, 'text.vmdk'), vmdkDescriptor(outside))
  await using host = await openImageFolder({ folder }, signal)
  const machines = await host.listMachines(signal)
  for (const name of ['backing', 'json', 'data', 'flat', 'text']) {
    const machine = named(machines, name)
    assert.match(machine.disks[0]?.problem ?? '', /\S/, name)
    assert.equal(machine.disks[0]?.sizeBytes, undefined)
    await assert.rejects(host.beginBackup(full(machine.id), signal))
    await assert.rejects(host.openInPlace(machine.id, [name], signal))
  }
  await failsWith('disk-hostile', host.beginBackup(full(named(machines, 'backing').id), signal))
})

test('a raw image that holds the header of a hostile qcow2 is read as raw bytes', async () => {
  await using scratch = await scratchFolder()
  const outside = path.join(scratch.folder, 'secret')
  const folder = path.join(scratch.folder, 'host')
  await mkdir(folder)
  await writeFile(outside, secret)
  const image = path.join(folder, 'guest.raw')
  await run('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', outside, '-F', 'raw', image])
  const bytes = await readFile(image)
  await using host = await openImageFolder({ folder }, signal)
  const [machine] = await host.listMachines(signal)
  assert.deepEqual(machine?.disks, [{ name: 'guest', format: 'raw', path: image, sizeBytes: bytes.length }])
  await using session = await host.beginBackup(full(machine.id), signal)
  const [disk] = session.disks
  assert.ok(disk !== undefined && bytes.equals(await readAll(disk.disk)))
})

test('one hostile disk of several is left out with a warning', async () => {
  await using scratch = await scratchFolder()
  await using host = await openImageFolder(scratch, signal)
  const id = await addMachine(host, newMachine('web', 'raw', 'vda', 'vdb'), async () => undefined)
  const inner = path.join(scratch.folder, 'web')
  await run('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', 'vda.raw', '-F', 'raw', 'bad.qcow2'], { cwd: inner })
  await using session = await host.beginBackup(full(id), signal)
  assert.deepEqual(
    session.disks.map(({ name }) => name),
    ['vda', 'vdb'],
  )
  assert.equal(session.warnings.length, 1)
  assert.match(session.warnings[0] ?? '', /bad/)
})

for (const format of ['raw', 'qcow2'] as const) {
  test(`a ${format} image that a running QEMU writes to is refused as busy, and free again afterwards`, async () => {
    await using scratch = await scratchFolder()
    await using host = await openImageFolder(scratch, signal)
    const id = await addMachine(host, newMachine('web', format), async () => undefined)
    {
      await using guest = await start('qemu-system-x86_64', guestArguments(scratch.folder, format), signal)
      await untilHeld(path.join(scratch.folder, `web.${format}`), guest.exited)
      await failsWith('machine-busy', host.beginBackup(full(id), signal))
      await failsWith('machine-busy', host.openInPlace(id, ['web'], signal))
    }
    await using session = await host.beginBackup(full(id), signal)
    assert.equal(session.disks.length, 1)
  })
}

/** A machine that stands still from the start but has its disk open for writing. */
function guestArguments(folder: string, format: string): readonly string[] {
  const drive = `file=${folder}/web.${format},format=${format},if=virtio`
  return ['-S', '-nodefaults', '-display', 'none', '-accel', 'tcg', '-m', '64', '-drive', drive]
}

/** Opening the image to find out would itself keep QEMU from starting. */
async function untilHeld(image: string, exited: Promise<unknown>): Promise<void> {
  let ended = false
  void exited.then(() => {
    ended = true
  })
  for (let tries = 0; tries < 600; tries++) {
    if ((await usageOf(image)) === 'written') return
    assert.equal(ended, false, 'QEMU ended')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  assert.fail('the image was never held')
}

function vmdkDescriptor(file: string): string {
  const sectors = MiB / 512
  return `# Disk DescriptorFile
version=1
CID=fffffffe
parentCID=ffffffff
createType="monolithicFlat"
RW ${sectors} FLAT "${file}" 0
ddb.virtualHWVersion = "4"
ddb.geometry.cylinders = "2"
ddb.geometry.heads = "16"
ddb.geometry.sectors = "63"
ddb.adapterType = "ide"
`
}

function named(machines: readonly HostMachine[], name: string): HostMachine {
  const machine = machines.find((each) => each.name === name)
  assert.ok(machine !== undefined, name)
  return machine
}
