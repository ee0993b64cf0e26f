import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { createGuest, type Guest } from '../../../../e2e/rig/guest.ts'
import { fill, machineFrom } from '../../../../e2e/rig/machine-twin.ts'
import { never, type Protector, protect } from '../../../../e2e/rig/protect.ts'
import { removeDomain } from '../../../../e2e/rig/remove-domain.ts'
import { until } from '../../../../e2e/rig/until.ts'
import { virsh } from '../../../../e2e/rig/virsh.ts'
import { MiB } from '../../../../shared/units.ts'
import { readDomainXml } from './domain-xml.ts'
import { openInPlace } from './in-place.ts'
import { createMachine } from './restore.ts'

const marked = (marker: string) => ({ sizeBytes: 32 * MiB, format: 'qcow2', marker }) as const
const nic = `<interface type='user'><mac address='52:54:00:12:34:56'/><model type='virtio'/></interface>`

async function restored(guest: Guest, protector: Protector, name: string): Promise<string> {
  const [point] = protector.points
  assert.ok(point)
  const definition = await virsh('dumpxml', guest.uuid, '--inactive', '--security-info').catch(() => guest.xml)
  const machine = machineFrom(point, name, definition, `${guest.folder}/restored`)
  await using session = await createMachine(protector.host, machine, never)
  await fill(session, point)
  return (await session.finish(never)).machineId
}

test('a machine restored beside its original has a UUID and MACs of its own and boots to its marker', async () => {
  const marker = randomBytes(8).toString('hex')
  await using guest = await createGuest({ name: 'original', disks: [marked(marker)], devices: nic })
  await using protector = await protect(guest.uuid)
  await protector.take('full')
  const name = `sp-test-copy-${marker}`
  const machineId = await restored(guest, protector, name)
  try {
    const copy = readDomainXml(await virsh('dumpxml', machineId))
    assert.notEqual(copy.uuid, guest.uuid)
    assert.equal(copy.name, name)
    assert.equal(copy.macs.length, 1)
    assert.notEqual(copy.macs[0], '52:54:00:12:34:56')
    assert.equal(await virsh('domstate', machineId), 'shut off')
    await guest.destroy()
    const before = (await guest.serial()).length
    await virsh('start', machineId)
    await until('the copy boots', async () => (await guest.serial()).slice(before).includes(`MARKER ${marker}`))
  } finally {
    await removeDomain(machineId)
  }
})

test('a machine whose original is gone comes back with its own UUID and MACs', async () => {
  await using guest = await createGuest({ name: 'gone', disks: [marked('gone')], devices: nic, start: false })
  await using protector = await protect(guest.uuid)
  await protector.take('full')
  await removeDomain(guest.uuid)
  assert.equal(await restored(guest, protector, guest.name), guest.uuid)
  const back = readDomainXml(await virsh('dumpxml', guest.uuid))
  assert.deepEqual([back.name, back.macs], [guest.name, ['52:54:00:12:34:56']])
})

test('a name that is taken is refused before anything is made', async () => {
  await using guest = await createGuest({ name: 'taken', disks: [marked('taken')], start: false })
  await using protector = await protect(guest.uuid)
  await protector.take('full')
  await assert.rejects(restored(guest, protector, guest.name), { code: 'identity-taken' })
  assert.ok(!(await readdir(guest.folder)).includes('restored'))
})

test('a restore that is not finished leaves neither files nor a machine', async () => {
  await using guest = await createGuest({ name: 'unfinished', disks: [marked('x'), marked('y')], start: false })
  await using protector = await protect(guest.uuid)
  await protector.take('full')
  const name = `sp-test-unfinished-${randomBytes(4).toString('hex')}`
  const [point] = protector.points
  assert.ok(point)
  const folder = `${guest.folder}/restored`
  {
    await using session = await createMachine(protector.host, machineFrom(point, name, guest.xml, folder), never)
    assert.equal((await readdir(folder)).filter((file) => file.endsWith('.partial')).length, 2)
    await session.disks[0]?.disk.write(0, Buffer.alloc(4096, 1), never)
  }
  assert.deepEqual(await readdir(folder), [])
  await assert.rejects(virsh('dominfo', name))
})

test('NVRAM comes back as a file of the new machine, and a kernel that is gone beside its disks', async () => {
  const lost = '/nonexistent/vmlinuz'
  const os = `<loader readonly='yes' type='pflash'>/usr/share/fake.fd</loader><nvram>/nonexistent/vars.fd</nvram>`
  await using guest = await createGuest({ name: 'nvram', disks: [marked('n')], start: false, os })
  await using protector = await protect(guest.uuid)
  await protector.take('full')
  const [point] = protector.points
  assert.ok(point)
  const machine = machineFrom(
    point,
    `sp-test-nvram-${randomBytes(4).toString('hex')}`,
    guest.xml.replace('<nvram>', `<kernel>${lost}</kernel><nvram>`),
    guest.folder,
  )
  const attachments = [
    { role: 'nvram', path: '/nonexistent/vars.fd', bytes: Buffer.from('variables') },
    { role: 'kernel', path: lost, bytes: Buffer.from('kernel') },
  ] as const
  await using session = await createMachine(protector.host, { ...machine, attachments }, never)
  const { machineId } = await session.finish(never)
  try {
    const { files } = readDomainXml(await virsh('dumpxml', machineId))
    assert.equal(await readFile(String(files.nvram), 'utf8'), 'variables')
    assert.equal(await readFile(String(files.kernel), 'utf8'), 'kernel')
    assert.notEqual(files.nvram, '/nonexistent/vars.fd')
  } finally {
    await removeDomain(machineId)
  }
})

test('a point without a definition becomes a machine with default hardware', async () => {
  await using guest = await createGuest({ name: 'bare', disks: [marked('b')], start: false })
  await using protector = await protect(guest.uuid)
  await protector.take('full')
  const [point] = protector.points
  assert.ok(point)
  const name = `sp-test-bare-${randomBytes(4).toString('hex')}`
  await using session = await createMachine(protector.host, machineFrom(point, name, undefined, guest.folder), never)
  await fill(session, point)
  const { machineId } = await session.finish(never)
  try {
    await virsh('start', machineId)
    assert.equal(await virsh('domstate', machineId), 'running')
  } finally {
    await removeDomain(machineId)
  }
})

test('a machine that runs is not overwritten, one that is off is, and its checkpoints go first', async () => {
  const marker = randomBytes(8).toString('hex')
  await using guest = await createGuest({ name: 'in-place', disks: [marked(marker)] })
  await using protector = await protect(guest.uuid)
  await protector.take('full')
  await guest.sh('echo ruined >/mnt/vda/marker; sync')
  await assert.rejects(openInPlace(protector.host, guest.uuid, ['vda'], never), { code: 'machine-running' })
  await guest.shutDown()
  {
    await using session = await openInPlace(protector.host, guest.uuid, ['vda'], never)
    assert.equal(await virsh('checkpoint-list', guest.uuid, '--name'), '')
    const [point] = protector.points
    assert.ok(point)
    await fill(session, point)
    await session.disks[0]?.disk.flush(never)
  }
  await guest.start()
  assert.equal((await guest.serial()).trimEnd().split('\n').at(-2)?.trim(), `MARKER ${marker}`)
  assert.deepEqual((await protector.take('incremental')).causes, { vda: 'checkpoint-missing' })
})

test('an image on which another machine rests is not overwritten', async () => {
  await using base = await createGuest({ name: 'base', disks: [marked('base')], start: false })
  await using clone = await createGuest({ name: 'clone', disks: [], start: false })
  await using protector = await protect(base.uuid)
  await virsh('attach-disk', clone.uuid, String(base.disks[0]?.path), 'vda', '--subdriver', 'qcow2', '--config')
  await assert.rejects(openInPlace(protector.host, base.uuid, ['vda'], never), (error: Error) =>
    error.message.includes(clone.name),
  )
})
