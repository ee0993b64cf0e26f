import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGuest } from '../../../../e2e/rig/guest.ts'
import { never, protect } from '../../../../e2e/rig/protect.ts'
import { virsh } from '../../../../e2e/rig/virsh.ts'
import { MiB } from '../../../../shared/units.ts'

const small = { sizeBytes: 32 * MiB, format: 'qcow2' } as const

test('after QEMU was killed everything is read once, and the next increment goes by bitmap again', async () => {
  await using guest = await createGuest({ name: 'killed', disks: [small] })
  await using protector = await protect(guest.uuid)
  await protector.take('full')
  await guest.kill()
  await guest.start()
  await guest.sh('dd if=/dev/urandom of=/mnt/vda/new bs=1M count=2 2>/dev/null; sync')
  assert.deepEqual((await protector.take('incremental')).causes, { vda: 'bitmap-broken' })
  assert.deepEqual((await protector.take('incremental')).causes, { vda: 'bitmap-usable' })
})

test('a checkpoint deleted behind our back costs one whole read, not the backup', async () => {
  await using guest = await createGuest({ name: 'deleted', disks: [small] })
  await using protector = await protect(guest.uuid)
  const full = await protector.take('full')
  await virsh('checkpoint-delete', guest.uuid, String(full.session.checkpoint))
  assert.deepEqual((await protector.take('incremental')).causes, { vda: 'checkpoint-missing' })
})

test('a bitmap removed from one disk behind the host does not cost the other disk its own', async () => {
  await using guest = await createGuest({ name: 'removed', disks: [small, small] })
  await using protector = await protect(guest.uuid)
  const full = await protector.take('full')
  const nodes = JSON.parse(
    await protector.connection.guest.monitor(guest.uuid, '{"execute":"query-named-block-nodes"}', never),
  )
  const node = nodes.return.find(
    (each: { drv: string; file: string }) => each.drv === 'qcow2' && each.file.endsWith('vdb.qcow2'),
  )
  const removal = {
    execute: 'block-dirty-bitmap-remove',
    arguments: { node: node['node-name'], name: full.session.checkpoint },
  }
  await protector.connection.guest.monitor(guest.uuid, JSON.stringify(removal), never)
  await guest.sh('echo more >/mnt/vda/more; echo more >/mnt/vdb/more; sync')
  assert.deepEqual((await protector.take('incremental')).causes, { vda: 'bitmap-usable', vdb: 'bitmap-broken' })
  assert.deepEqual((await protector.take('incremental')).causes, { vda: 'bitmap-usable', vdb: 'bitmap-usable' })
})

test('after an internal snapshot was reverted everything is read', async () => {
  await using guest = await createGuest({ name: 'reverted', disks: [small] })
  await using protector = await protect(guest.uuid)
  await virsh('snapshot-create-as', guest.uuid, 'before')
  await protector.take('full')
  await guest.sh('dd if=/dev/urandom of=/mnt/vda/lost bs=1M count=2 2>/dev/null; sync')
  // Active bitmaps make QEMU 7.2 end itself; the machine is off then and its bitmaps are not closed.
  await assert.rejects(virsh('snapshot-revert', guest.uuid, 'before'))
  await guest.start()
  assert.deepEqual((await protector.take('incremental')).causes, { vda: 'bitmap-broken' })
})
