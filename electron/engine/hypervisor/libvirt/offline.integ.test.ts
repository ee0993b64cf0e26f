import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGuest } from '../../../../e2e/rig/guest.ts'
import { never, protect } from '../../../../e2e/rig/protect.ts'
import { until } from '../../../../e2e/rig/until.ts'
import { virsh } from '../../../../e2e/rig/virsh.ts'
import { Failure } from '../../../../shared/failure.ts'
import { MiB } from '../../../../shared/units.ts'
import { checkpointNames, dropAll } from './checkpoints.ts'

const small = { sizeBytes: 32 * MiB, format: 'qcow2' } as const

test('a machine that is off is read by the bitmaps of its last run, and by them again after its next start', async () => {
  await using guest = await createGuest({ name: 'off', disks: [small, { ...small, format: 'raw' }] })
  await using protector = await protect(guest.uuid)
  const full = await protector.take('full')
  await guest.sh('dd if=/dev/urandom of=/mnt/vda/one bs=1M count=2 2>/dev/null; sync')
  await guest.shutDown()
  const off = await protector.take('incremental')
  assert.deepEqual(off.causes, { vda: 'bitmap-usable', vdb: 'format-without-bitmaps' })
  assert.ok((off.changedBytes['vda'] ?? 0) >= 2 * MiB && (off.changedBytes['vda'] ?? 0) < 16 * MiB)
  assert.equal(off.session.consistency, 'off')
  assert.equal(off.session.checkpoint, undefined)
  assert.deepEqual(await checkpointNames(protector.connection, guest.uuid, never), [full.session.checkpoint])
  await guest.start()
  await guest.sh('dd if=/dev/urandom of=/mnt/vda/two bs=1M count=1 2>/dev/null; sync')
  assert.equal((await protector.take('incremental')).causes['vda'], 'bitmap-usable')
})

test('a machine that is off after its QEMU was killed is read whole', async () => {
  await using guest = await createGuest({ name: 'off-killed', disks: [small] })
  await using protector = await protect(guest.uuid)
  await protector.take('full')
  await guest.shutDown()
  await guest.start()
  await guest.kill()
  assert.deepEqual((await protector.take('incremental')).causes, { vda: 'bitmap-broken' })
})

test('an overlay that is off is read with the chain that its definition names', async () => {
  await using guest = await createGuest({ name: 'off-chain', disks: [small] })
  await using protector = await protect(guest.uuid)
  await guest.sh('dd if=/dev/urandom of=/mnt/vda/below bs=1M count=1 2>/dev/null; sync')
  await virsh('snapshot-create-as', guest.uuid, 'overlay', '--disk-only', '--no-metadata')
  await guest.sh('dd if=/dev/urandom of=/mnt/vda/above bs=1M count=1 2>/dev/null; sync')
  await protector.take('full')
  await guest.shutDown()
  const off = await protector.take('incremental')
  assert.deepEqual(off.causes, { vda: 'bitmap-usable' })
})

test('a machine cannot be started while its qcow2 images are read', async () => {
  await using guest = await createGuest({ name: 'off-locked', disks: [small], start: false })
  await using protector = await protect(guest.uuid)
  await using _session = await protector.begin('full')
  await assert.rejects(virsh('start', guest.uuid), /write.* lock/)
})

test('a machine that is started while its raw image is read ends the session', async () => {
  await using guest = await createGuest({ name: 'off-raw', disks: [{ ...small, format: 'raw' }], start: false })
  await using protector = await protect(guest.uuid)
  await using session = await protector.begin('full')
  await virsh('start', guest.uuid)
  await until('the session notices', async () => session.lost.aborted)
  assert.ok(session.lost.reason instanceof Failure)
  assert.equal(session.lost.reason.code, 'machine-running')
})

test('dropping all checkpoints of a machine that is off takes our bitmaps out of its images', async () => {
  await using guest = await createGuest({ name: 'off-drop', disks: [small] })
  await using protector = await protect(guest.uuid)
  const { session } = await protector.take('full')
  await guest.shutDown()
  assert.deepEqual(await dropAll(protector.connection, guest.uuid, never), [session.checkpoint])
  assert.deepEqual(await checkpointNames(protector.connection, guest.uuid, never), [])
  await guest.start()
  const nodes = await protector.connection.guest.monitor(guest.uuid, '{"execute":"query-named-block-nodes"}', never)
  assert.doesNotMatch(nodes, /"name":\s*"sp-/)
})
