import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { copyFile, writeFile } from 'node:fs/promises'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { createGuest, type Guest } from '../../../../e2e/rig/guest.ts'
import { createOverlay } from '../../../../e2e/rig/guest-disk.ts'
import { never, type Protector, protect } from '../../../../e2e/rig/protect.ts'
import { fails } from '../../../../e2e/rig/refused.ts'
import { virsh } from '../../../../e2e/rig/virsh.ts'
import { MiB } from '../../../../shared/units.ts'
import { readQcow2Facts } from './qcow2-facts.ts'
import { createSnapshot } from './snapshot-create.ts'
import { deleteSnapshot } from './snapshot-delete.ts'
import { revertSnapshot } from './snapshot-revert.ts'

const run = promisify(execFile)
const small = { sizeBytes: 16 * MiB, format: 'qcow2' } as const

const take = ({ host }: Protector, { uuid }: Guest, name: string, memory = false) =>
  createSnapshot(host, uuid, { name, description: name, memory }, never)

const hostile = [
  '--all',
  '`id`',
  '$(id)',
  '<img onerror=alert(1)>',
  'a\u202egnp',
  " it's & so ",
  '%s,a=b',
  '虚拟机',
  '20261122',
]

test('hostile names are taken, gone back to and deleted as they are', async () => {
  await using guest = await createGuest({ name: 'hostile', disks: [small] })
  await using protector = await protect(guest.uuid)
  for (const name of hostile) {
    await guest.sh(`echo ${hostile.indexOf(name)} >/mnt/vda/word; sync`)
    await take(protector, guest, name, true)
  }
  const listed = (await protector.listed()).snapshots
  assert.deepEqual(
    listed.map(({ name, description }) => [name, description]),
    hostile.map((name) => [name, name]),
  )
  for (const name of hostile.slice(3, 7)) {
    await revertSnapshot(protector.host, guest.uuid, name, never)
    assert.equal(await guest.sh('cat /mnt/vda/word'), String(hostile.indexOf(name)))
  }
  for (const name of hostile) await deleteSnapshot(protector.host, guest.uuid, name, never)
  assert.deepEqual((await readQcow2Facts(`${guest.folder}/vda.qcow2`)).snapshots, [])
})

test('names that cannot be are refused before anything is made', async () => {
  await using guest = await createGuest({ name: 'names', disks: [small], start: false })
  await using protector = await protect(guest.uuid)
  for (const name of ['', ' ', 'a/b', '..', '.hidden', 'a\nb', '1', '虚'.repeat(81), '\u{0}', 'a"b', 'a\\b'])
    await fails(take(protector, guest, name), 'invalid-argument')
  assert.deepEqual((await readQcow2Facts(`${guest.folder}/vda.qcow2`)).snapshots, [])
})

test('a name that QEMU would take for another snapshot is refused, not tried', async () => {
  await using guest = await createGuest({ name: 'ambiguous', disks: [small], start: false })
  await using protector = await protect(guest.uuid)
  const path = `${guest.folder}/vda.qcow2`
  await virsh('snapshot-create-as', guest.uuid, '2')
  await virsh('snapshot-create-as', guest.uuid, 'other')
  await fails(revertSnapshot(protector.host, guest.uuid, '2', never), 'snapshot-refused', 'name-ambiguous')
  await fails(deleteSnapshot(protector.host, guest.uuid, '2', never), 'snapshot-refused', 'name-ambiguous')
  await revertSnapshot(protector.host, guest.uuid, 'other', never)
  await run('qemu-img', ['snapshot', '-d', 'other', path])
  await fails(revertSnapshot(protector.host, guest.uuid, 'other', never), 'snapshot-not-found')
  await run('qemu-img', ['snapshot', '-c', 'theirs', path])
  await fails(take(protector, guest, 'theirs'), 'snapshot-refused', 'name-ambiguous')
  assert.equal((await readQcow2Facts(path)).snapshots.length, 2)
})

test('a chain of overlays is counted whether the machine runs or not, and ends at 150', async () => {
  await using guest = await createGuest({ name: 'deep', disks: [small], start: false })
  await using protector = await protect(guest.uuid)
  const grow = async (from: number, to: number) => {
    const pathOf = (number: number) => `${guest.folder}/vda${number === 0 ? '' : `.${number}`}.qcow2`
    for (let number = from; number < to; number++) await createOverlay(pathOf(number + 1), pathOf(number))
    await virsh('detach-disk', guest.uuid, 'vda', '--config')
    await virsh('attach-disk', guest.uuid, pathOf(to), 'vda', '--subdriver', 'qcow2', '--config')
  }
  assert.equal((await protector.listed()).deepChain, undefined)
  await grow(0, 31)
  assert.equal((await protector.listed()).deepChain, 31)
  await virsh('start', guest.uuid, '--paused')
  assert.equal((await protector.listed()).deepChain, 31)
  await guest.destroy()
  await grow(31, 150)
  const { deepChain, snapshotRefusal } = await protector.listed()
  assert.deepEqual({ deepChain, snapshotRefusal }, { deepChain: 150, snapshotRefusal: 'chain-too-deep' })
  await fails(take(protector, guest, 'more'), 'snapshot-refused', 'chain-too-deep')
})

test('a machine whose firmware lies in flash keeps memory and disks in files of their own', async () => {
  await using guest = await createGuest({ name: 'flash', disks: [small], start: false })
  await using protector = await protect(guest.uuid)
  const variables = `${guest.folder}/vars.bin`
  await copyFile('/usr/share/seabios/bios-256k.bin', variables)
  const flash = `<loader readonly='yes' type='pflash'>/usr/share/seabios/bios-256k.bin</loader><nvram>${variables}</nvram>`
  await writeFile(`${guest.folder}/flash.xml`, guest.xml.replace('hvm</type>', `hvm</type>${flash}`))
  await virsh('define', `${guest.folder}/flash.xml`)
  await virsh('start', guest.uuid)
  await take(protector, guest, 'with memory', true)
  const [snapshot] = (await protector.listed()).snapshots
  assert.deepEqual([snapshot?.memory, snapshot?.disks[0]?.location], ['external', 'external'])
  assert.equal((await protector.listed()).state, 'running')
  await deleteSnapshot(protector.host, guest.uuid, 'with memory', never)
})

test('a machine that its host forgets gets no snapshot', async () => {
  await using guest = await createGuest({ name: 'forgotten', disks: [small], transient: true })
  await using protector = await protect(guest.uuid)
  assert.equal((await protector.listed()).snapshotRefusal, 'machine-transient')
  await fails(take(protector, guest, 'x', true), 'snapshot-refused', 'machine-transient')
})

test('a disk left out keeps its earlier bitmap, which serves when it is back', async () => {
  await using guest = await createGuest({ name: 'left-out', disks: [small, small] })
  await using protector = await protect(guest.uuid)
  await protector.take('full')
  await guest.sh('echo one >/mnt/vda/word; echo one >/mnt/vdb/word; sync')
  const without = await protector.take('incremental', undefined, { excluded: ['vdb', 'no such disk'] })
  assert.deepEqual(without.causes, { vda: 'bitmap-usable' })
  await guest.sh('echo two >/mnt/vda/word; echo two >/mnt/vdb/word2; sync')
  assert.deepEqual((await protector.take('incremental')).causes, { vda: 'bitmap-usable', vdb: 'bitmap-usable' })
  await guest.shutDown()
  const off = await protector.take('incremental', undefined, { excluded: ['vda'], freeze: false })
  assert.deepEqual(off.causes, { vdb: 'bitmap-usable' })
  assert.equal(off.session.consistency, 'off')
  await fails(protector.take('full', undefined, { excluded: ['vda', 'vdb'] }), 'disk-unsupported')
})
