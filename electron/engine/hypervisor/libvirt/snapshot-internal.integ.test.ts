import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGuest, type Guest } from '../../../../e2e/rig/guest.ts'
import { never, type Protector, protect } from '../../../../e2e/rig/protect.ts'
import { fails } from '../../../../e2e/rig/refused.ts'
import { virsh } from '../../../../e2e/rig/virsh.ts'
import { MiB } from '../../../../shared/units.ts'
import { checkpointNames } from './checkpoints.ts'
import { createSnapshot } from './snapshot-create.ts'
import { deleteSnapshot } from './snapshot-delete.ts'
import { revertSnapshot } from './snapshot-revert.ts'

const small = { sizeBytes: 32 * MiB, format: 'qcow2' } as const

const take = ({ host }: Protector, { uuid }: Guest, name: string, memory: boolean) =>
  createSnapshot(host, uuid, { name, description: undefined, memory }, never)

/** Every byte of the first disk as a backup reads it. */
async function bytesOf(protector: Protector): Promise<Buffer> {
  await protector.take('full')
  return protector.points[0]?.images.get('vda') ?? assert.fail('no disk')
}

test('with memory: disk and guest are back to the byte, clock on time, and the next backup reads all of it', async () => {
  await using guest = await createGuest({ name: 'memory', disks: [small] })
  await using protector = await protect(guest.uuid)
  await protector.take('full')
  await guest.sh('echo before >/mnt/vda/word; sync; echo alive >/run/alive')
  await virsh('suspend', guest.uuid)
  const before = await bytesOf(protector)
  await take(protector, guest, 'paused', true)
  await virsh('resume', guest.uuid)
  await guest.sh('echo after >/mnt/vda/word; rm /run/alive; sync')
  assert.deepEqual((await protector.take('incremental')).causes, { vda: 'bitmap-usable' }, 'taking one costs no bitmap')
  await take(protector, guest, 'running', true)
  await revertSnapshot(protector.host, guest.uuid, 'paused', never)
  assert.equal((await protector.listed()).state, 'paused')
  assert.ok((await bytesOf(protector)).equals(before))
  await virsh('resume', guest.uuid)
  assert.equal(await guest.sh('cat /mnt/vda/word /run/alive'), 'before\nalive')
  await revertSnapshot(protector.host, guest.uuid, 'running', never)
  assert.equal(await guest.sh('cat /mnt/vda/word'), 'after')
  const seconds = Number(await guest.sh('date +%s'))
  assert.ok(Math.abs(seconds - Date.now() / 1000) < 2, `the guest is ${Date.now() / 1000 - seconds} s behind`)
  assert.deepEqual(await checkpointNames(protector.connection, guest.uuid, never), [])
  assert.deepEqual((await protector.take('incremental')).causes, { vda: 'checkpoint-missing' })
  await guest.sh('echo more >/mnt/vda/more; sync')
  assert.deepEqual((await protector.take('incremental')).causes, { vda: 'bitmap-usable' })
})

test('of a machine that is off: taken, gone back to and deleted with bitmaps in its image', async () => {
  await using guest = await createGuest({ name: 'off', disks: [small, small] })
  await using protector = await protect(guest.uuid)
  await protector.take('full')
  await guest.sh('echo before >/mnt/vda/word; echo before >/mnt/vdb/word; sync')
  await guest.shutDown()
  const before = await bytesOf(protector)
  await take(protector, guest, 'first', false)
  assert.equal((await checkpointNames(protector.connection, guest.uuid, never)).length, 1)
  assert.deepEqual((await protector.take('incremental')).causes, { vda: 'bitmap-usable', vdb: 'bitmap-usable' })
  await guest.start()
  await guest.sh('echo after >/mnt/vda/word; dd if=/dev/urandom of=/mnt/vda/x bs=1M count=4; sync')
  assert.deepEqual((await protector.take('incremental')).causes, { vda: 'bitmap-usable', vdb: 'bitmap-usable' })
  await guest.shutDown()
  await take(protector, guest, 'second', false)
  await revertSnapshot(protector.host, guest.uuid, 'first', never)
  assert.equal((await protector.listed()).state, 'off')
  assert.ok((await bytesOf(protector)).equals(before))
  await guest.start()
  assert.equal(await guest.sh('cat /mnt/vda/word'), 'before')
  await protector.take('incremental')
  await guest.shutDown()
  await deleteSnapshot(protector.host, guest.uuid, 'first', never)
  await guest.start()
  assert.deepEqual((await protector.take('incremental')).causes, { vda: 'bitmap-usable', vdb: 'bitmap-usable' })
  assert.equal(await guest.sh('cat /mnt/vda/word'), 'before')
  await revertSnapshot(protector.host, guest.uuid, 'second', never)
  assert.equal((await protector.listed()).state, 'off', 'it ends as the snapshot has it')
  await guest.start()
  assert.equal(await guest.sh('cat /mnt/vda/word'), 'after')
})

test('deleting one from the middle keeps the content and the other snapshots', async () => {
  await using guest = await createGuest({ name: 'middle', disks: [small] })
  await using protector = await protect(guest.uuid)
  for (const name of ['one', 'two', 'three']) {
    await guest.sh(`echo ${name} >/mnt/vda/word; sync`)
    await take(protector, guest, name, true)
  }
  await protector.take('full')
  await guest.sh('echo now >/mnt/vda/word; sync')
  await deleteSnapshot(protector.host, guest.uuid, 'two', never)
  assert.deepEqual((await protector.take('incremental')).causes, { vda: 'bitmap-usable' })
  const left = (await protector.listed()).snapshots.map(({ name, parent, depth }) => ({ name, parent, depth }))
  assert.deepEqual(left, [
    { name: 'one', parent: undefined, depth: 1 },
    { name: 'three', parent: 'one', depth: 2 },
  ])
  assert.equal(await guest.sh('cat /mnt/vda/word'), 'now')
  for (const name of ['one', 'three']) {
    await revertSnapshot(protector.host, guest.uuid, name, never)
    assert.equal(await guest.sh('cat /mnt/vda/word'), name)
  }
  await fails(revertSnapshot(protector.host, guest.uuid, 'two', never), 'snapshot-not-found')
  await fails(deleteSnapshot(protector.host, guest.uuid, 'two', never), 'snapshot-not-found')
})

test('while a backup runs every act on snapshots is refused at once', async () => {
  await using guest = await createGuest({ name: 'busy', disks: [small] })
  await using protector = await protect(guest.uuid)
  await take(protector, guest, 'there', true)
  await using _session = await protector.begin('full')
  const startedAt = performance.now()
  await fails(take(protector, guest, 'more', true), 'machine-busy')
  await fails(take(protector, guest, 'more', false), 'machine-busy')
  await fails(revertSnapshot(protector.host, guest.uuid, 'there', never), 'machine-busy')
  await fails(deleteSnapshot(protector.host, guest.uuid, 'there', never), 'machine-busy')
  assert.ok(performance.now() - startedAt < 20_000, 'libvirt would wait 30 seconds for each')
})

test('somebody else’s checkpoint keeps a machine from going back, and stays', async () => {
  await using guest = await createGuest({ name: 'foreign', disks: [small] })
  await using protector = await protect(guest.uuid)
  await take(protector, guest, 'there', true)
  await virsh('checkpoint-create-as', guest.uuid, 'theirs')
  const work = revertSnapshot(protector.host, guest.uuid, 'there', never)
  await fails(work, 'snapshot-refused', 'foreign-checkpoint')
  assert.deepEqual(await checkpointNames(protector.connection, guest.uuid, never), ['theirs'])
  await guest.sh('true')
})
