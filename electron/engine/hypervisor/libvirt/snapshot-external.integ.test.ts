import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { access, readdir, readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { createGuest, type Guest } from '../../../../e2e/rig/guest.ts'
import { createOverlay } from '../../../../e2e/rig/guest-disk.ts'
import { never, type Protector, protect } from '../../../../e2e/rig/protect.ts'
import { fails } from '../../../../e2e/rig/refused.ts'
import { virsh } from '../../../../e2e/rig/virsh.ts'
import { MiB } from '../../../../shared/units.ts'
import { createSnapshot } from './snapshot-create.ts'
import { deleteSnapshot } from './snapshot-delete.ts'
import { revertSnapshot } from './snapshot-revert.ts'
import { readRecords } from './snapshots.ts'

const small = { sizeBytes: 32 * MiB, format: 'qcow2' } as const

const take = ({ host }: Protector, { uuid }: Guest, name: string, memory: boolean) =>
  createSnapshot(host, uuid, { name, description: 'why', memory }, never)

const hashOf = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex')

test('without memory a running machine gets overlays; the next backups go on by bitmap, through deleting too', async () => {
  await using guest = await createGuest({ name: 'overlay', disks: [small, small] })
  await using protector = await protect(guest.uuid)
  await protector.take('full')
  await guest.sh('echo one >/mnt/vda/word; sync')
  await take(protector, guest, 'first', false)
  await guest.sh('echo two >/mnt/vda/word; dd if=/dev/urandom of=/mnt/vdb/x bs=1M count=2; sync')
  const usable = { vda: 'bitmap-usable', vdb: 'bitmap-usable' }
  assert.deepEqual((await protector.take('incremental')).causes, usable)
  const [listed] = (await protector.listed()).snapshots
  assert.ok((listed?.sizeBytes ?? 0) > 0)
  assert.deepEqual(
    { ...listed, createdAt: undefined, sizeBytes: undefined },
    {
      name: 'first',
      description: 'why',
      createdAt: undefined,
      sizeBytes: undefined,
      memory: 'none',
      disks: [
        { name: 'vda', location: 'external' },
        { name: 'vdb', location: 'external' },
      ],
      current: true,
      depth: 1,
      revertRefusal: 'external-revert',
    },
  )
  await fails(revertSnapshot(protector.host, guest.uuid, 'first', never), 'snapshot-refused', 'external-revert')
  await deleteSnapshot(protector.host, guest.uuid, 'first', never)
  assert.deepEqual((await protector.listed()).snapshots, [])
  assert.equal(await guest.sh('cat /mnt/vda/word'), 'two')
  assert.deepEqual((await protector.take('incremental')).causes, usable)
  const paths = (await protector.listed()).disks.map(({ path }) => path)
  assert.deepEqual(paths, [`${guest.folder}/vda.qcow2`, `${guest.folder}/vdb.qcow2`])
})

test('a raw disk makes it external; the memory’s file goes with the snapshot', async () => {
  await using guest = await createGuest({ name: 'raw', disks: [small, { ...small, format: 'raw' }] })
  await using protector = await protect(guest.uuid)
  await guest.sh('echo one >/mnt/vdb/word; sync')
  await take(protector, guest, 'with memory', true)
  const [listed] = (await protector.listed()).snapshots
  assert.deepEqual([listed?.memory, listed?.disks[1]], ['external', { name: 'vdb', location: 'external' }])
  assert.ok((listed?.sizeBytes ?? 0) > 10 * MiB, 'a guest of 128 MiB has at least that in its memory')
  await guest.sh('echo two >/mnt/vdb/word; sync')
  await deleteSnapshot(protector.host, guest.uuid, 'with memory', never)
  assert.equal(await guest.sh('cat /mnt/vdb/word'), 'two')
  const left = (await readdir(guest.folder)).filter((name) => /\.(memory|qcow2|raw)$/.test(name))
  assert.deepEqual(left.sort(), ['vda.qcow2', 'vdb.raw'])
})

test('an external snapshot with another on top is not deleted, and none of their files changes', async () => {
  await using guest = await createGuest({ name: 'parent', disks: [small] })
  await using protector = await protect(guest.uuid)
  await guest.sh('echo one >/mnt/vda/word; sync')
  await take(protector, guest, 'lower', false)
  await guest.sh('echo two >/mnt/vda/word; sync')
  await take(protector, guest, 'upper', false)
  const records = await readRecords(protector.connection, guest.uuid, never)
  const frozen = records.map(({ disks }) => disks[0]?.image ?? '')
  const before = await Promise.all(frozen.map(hashOf))
  const work = deleteSnapshot(protector.host, guest.uuid, 'lower', never)
  await fails(work, 'snapshot-refused', 'external-parent')
  assert.deepEqual(await Promise.all(frozen.map(hashOf)), before)
  const { snapshots } = await protector.listed()
  assert.deepEqual(
    snapshots.map(({ name, deleteRefusal }) => [name, deleteRefusal]),
    [
      ['lower', 'external-parent'],
      ['upper', undefined],
    ],
  )
  await deleteSnapshot(protector.host, guest.uuid, 'upper', never)
  await deleteSnapshot(protector.host, guest.uuid, 'lower', never)
  assert.equal(await guest.sh('cat /mnt/vda/word'), 'two')
})

test('snapshots inside and outside of images: neither is gone back to or deleted at the cost of the other', async () => {
  await using guest = await createGuest({ name: 'mixed-chain', disks: [small] })
  await using protector = await protect(guest.uuid)
  await take(protector, guest, 'inside', true)
  await take(protector, guest, 'outside', false)
  await take(protector, guest, 'inside the overlay', true)
  const refusals = (await protector.listed()).snapshots.map(({ revertRefusal, deleteRefusal }) => [
    revertRefusal,
    deleteRefusal,
  ])
  assert.deepEqual(refusals, [
    ['mixed-chain', 'mixed-chain'],
    ['external-revert', 'mixed-chain'],
    [undefined, undefined],
  ])
  const { host } = protector
  await fails(revertSnapshot(host, guest.uuid, 'inside', never), 'snapshot-refused', 'mixed-chain')
  await fails(deleteSnapshot(host, guest.uuid, 'inside', never), 'snapshot-refused', 'mixed-chain')
  await fails(deleteSnapshot(host, guest.uuid, 'outside', never), 'snapshot-refused', 'mixed-chain')
  await guest.sh('echo lost >/mnt/vda/word; sync')
  await revertSnapshot(host, guest.uuid, 'inside the overlay', never)
  await assert.rejects(guest.sh('cat /mnt/vda/word'))
  await deleteSnapshot(host, guest.uuid, 'inside the overlay', never)
  assert.equal((await protector.listed()).snapshots.length, 2)
})

test('a bitmap that lies partly below an overlay is trusted while the machine runs, and not while it is off', async () => {
  await using guest = await createGuest({ name: 'parted', disks: [small] })
  await using protector = await protect(guest.uuid)
  await protector.take('full')
  await guest.sh('dd if=/dev/urandom of=/mnt/vda/below bs=1M count=2; sync')
  await take(protector, guest, 'overlay', false)
  await guest.sh('dd if=/dev/urandom of=/mnt/vda/above bs=1M count=2; sync')
  await guest.shutDown()
  assert.deepEqual((await protector.take('incremental')).causes, { vda: 'checkpoint-forked' })
  await guest.start()
  assert.deepEqual((await protector.take('incremental')).causes, { vda: 'bitmap-usable' })
  await guest.sh('dd if=/dev/urandom of=/mnt/vda/later bs=1M count=2; sync')
  await guest.shutDown()
  assert.deepEqual((await protector.take('incremental')).causes, { vda: 'bitmap-usable' })
})

test('a machine that is off: overlays over a raw disk, merged again while it is off', async () => {
  await using guest = await createGuest({ name: 'off-raw', disks: [small, { ...small, format: 'raw' }] })
  await using protector = await protect(guest.uuid)
  await protector.take('full')
  await guest.sh('echo one >/mnt/vda/word; sync')
  await guest.shutDown()
  await take(protector, guest, 'cold', false)
  await guest.start()
  await guest.sh('echo two >/mnt/vda/word; echo two >/mnt/vdb/word; sync')
  await protector.take('incremental')
  await guest.shutDown()
  assert.equal((await protector.take('incremental')).causes['vdb'], 'bitmap-usable', 'its overlay is no raw image')
  await deleteSnapshot(protector.host, guest.uuid, 'cold', never)
  assert.equal((await protector.listed()).state, 'off')
  await protector.take('incremental')
  await guest.start()
  assert.equal(await guest.sh('cat /mnt/vda/word /mnt/vdb/word'), 'two\ntwo')
  await protector.take('incremental')
  assert.equal((await protector.take('incremental')).causes['vda'], 'bitmap-usable')
})

test('an image that another machine rests on is neither merged into nor gone back on', async () => {
  await using guest = await createGuest({ name: 'shared', disks: [small] })
  await using protector = await protect(guest.uuid)
  await take(protector, guest, 'inside', true)
  await using clone = await createGuest({ name: 'clone', disks: [small], start: false })
  const overlay = `${guest.folder}/clone.qcow2`

  await createOverlay(overlay, `${guest.folder}/vda.qcow2`)
  await virsh('attach-disk', clone.uuid, overlay, 'vdb', '--subdriver', 'qcow2', '--config')
  const work = revertSnapshot(protector.host, guest.uuid, 'inside', never)
  await fails(work, 'snapshot-refused', 'external-parent')
  await deleteSnapshot(protector.host, guest.uuid, 'inside', never)
  await take(protector, guest, 'outside', false)
  await fails(deleteSnapshot(protector.host, guest.uuid, 'outside', never), 'snapshot-refused', 'external-parent')
  await access(`${guest.folder}/vda.qcow2`)
})
