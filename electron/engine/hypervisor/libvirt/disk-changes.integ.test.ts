import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGuest } from '../../../../e2e/rig/guest.ts'
import { makeDisk } from '../../../../e2e/rig/guest-disk.ts'
import { never, protect } from '../../../../e2e/rig/protect.ts'
import { virsh } from '../../../../e2e/rig/virsh.ts'
import { MiB } from '../../../../shared/units.ts'
import { checkpointNames } from './checkpoints.ts'

const small = { sizeBytes: 32 * MiB, format: 'qcow2' } as const

test('disks that cannot hold bitmaps or are new are read whole while the others go on by theirs', async () => {
  await using guest = await createGuest({
    name: 'mixed',
    disks: [small, { ...small, format: 'raw' }, { ...small, compat: '0.10' }],
    devices: `<disk type='file' device='cdrom'><target dev='sda' bus='sata'/><readonly/></disk>`,
  })
  await using protector = await protect(guest.uuid)
  const first = await protector.take('incremental')
  assert.deepEqual(first.causes, { vda: 'first-point', vdb: 'format-without-bitmaps', vdc: 'qcow2-version-2' })

  const path = `${guest.folder}/added.qcow2`
  await makeDisk(path, small)
  await virsh('attach-disk', guest.uuid, path, 'vdd', '--subdriver', 'qcow2', '--live', '--persistent')
  await guest.sh('for d in vda vdb vdc; do dd if=/dev/urandom of=/mnt/$d/new bs=1M count=1 2>/dev/null; done; sync')
  const second = await protector.take('incremental')
  assert.deepEqual(second.causes, {
    vda: 'bitmap-usable',
    vdb: 'format-without-bitmaps',
    vdc: 'qcow2-version-2',
    vdd: 'disk-added',
  })
  const third = await protector.take('incremental')
  assert.equal(third.causes['vdd'], 'bitmap-usable')
})

test('writes after an external snapshot are in the next increment', async () => {
  await using guest = await createGuest({ name: 'external', disks: [small] })
  await using protector = await protect(guest.uuid)
  await protector.take('full')
  await guest.sh('dd if=/dev/urandom of=/mnt/vda/one bs=1M count=1 2>/dev/null; sync')
  await virsh('snapshot-create-as', guest.uuid, 'overlay', '--disk-only', '--no-metadata')
  await guest.sh('dd if=/dev/urandom of=/mnt/vda/two bs=1M count=1 2>/dev/null; sync')
  assert.deepEqual((await protector.take('incremental')).causes, { vda: 'bitmap-usable' })
  await guest.sh('rm /mnt/vda/one; sync; fstrim /mnt/vda')
  await virsh('blockcommit', guest.uuid, 'vda', '--active', '--pivot', '--wait')
  await guest.sh('dd if=/dev/urandom of=/mnt/vda/three bs=1M count=1 2>/dev/null; sync')
  assert.deepEqual((await protector.take('incremental')).causes, { vda: 'bitmap-usable' })
})

test('a disk that grew is read to its new end', async () => {
  await using guest = await createGuest({ name: 'grown', disks: [small] })
  await using protector = await protect(guest.uuid)
  await protector.take('full')
  await virsh('blockresize', guest.uuid, 'vda', '48M')
  await guest.sh('dd if=/dev/urandom of=/dev/vda bs=1M count=2 seek=45 2>/dev/null; sync')
  const grown = await protector.take('incremental')
  assert.deepEqual(grown.causes, { vda: 'bitmap-usable' })
  assert.ok((grown.changedBytes['vda'] ?? 0) >= 16 * MiB)
  assert.equal((await checkpointNames(protector.connection, guest.uuid, never)).length, 2)
})
