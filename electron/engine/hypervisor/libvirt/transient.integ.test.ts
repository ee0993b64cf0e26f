import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { test } from 'node:test'
import { createGuest } from '../../../../e2e/rig/guest.ts'
import { protect } from '../../../../e2e/rig/protect.ts'
import { MiB } from '../../../../shared/units.ts'

const disk = { sizeBytes: 32 * MiB, format: 'qcow2' } as const

test('a transient machine goes on by its bitmaps after it was stopped and made again', async () => {
  await using guest = await createGuest({ name: 'transient', disks: [disk], transient: true })
  await using protector = await protect(guest.uuid)
  await protector.take('full')
  await guest.sh('dd if=/dev/urandom of=/mnt/vda/one bs=1M count=1 2>/dev/null; sync')
  await guest.shutDown()
  await guest.start()
  await guest.sh('dd if=/dev/urandom of=/mnt/vda/two bs=1M count=1 2>/dev/null; sync')
  const next = await protector.take('incremental')
  assert.deepEqual(next.causes, { vda: 'bitmap-usable' })
  assert.ok((next.changedBytes['vda'] ?? 0) >= 2 * MiB)
})

test('a transient machine whose checkpoints nobody kept is read whole and says why', async () => {
  await using guest = await createGuest({ name: 'forgotten', disks: [disk], transient: true })
  await using protector = await protect(guest.uuid)
  await protector.take('full')
  await guest.shutDown()
  await rm(`${protector.stateFolder}/checkpoints`, { recursive: true })
  await guest.start()
  assert.deepEqual((await protector.take('incremental')).causes, { vda: 'machine-transient' })
  assert.deepEqual((await protector.take('incremental')).causes, { vda: 'bitmap-usable' })
})
