import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGuest } from '../../../../e2e/rig/guest.ts'
import { never, protect } from '../../../../e2e/rig/protect.ts'
import { MiB } from '../../../../shared/units.ts'
import { checkpointNames } from './checkpoints.ts'

test('a full and its increments hold what a full read of the same moment holds', async () => {
  await using guest = await createGuest({ name: 'chain', disks: [{ sizeBytes: 64 * MiB, format: 'qcow2' }] })
  await using protector = await protect(guest.uuid)
  await guest.sh('dd if=/dev/urandom of=/mnt/vda/a bs=1M count=12 2>/dev/null; sync')
  const full = await protector.take('full')
  assert.deepEqual(full.causes, { vda: 'asked-full' })
  assert.equal(full.session.consistency, 'file-system')
  assert.ok((full.session.freezeMs ?? 0) > 0)
  assert.deepEqual(
    full.session.warnings.filter((warning) => !/kernel|initrd/.test(warning)),
    [],
  )

  await guest.sh('dd if=/dev/urandom of=/mnt/vda/b bs=1M count=3 2>/dev/null; rm /mnt/vda/a; sync; fstrim /mnt/vda')
  const first = await protector.take('incremental', async () => {
    await guest.sh('dd if=/dev/urandom of=/mnt/vda/during bs=1M count=2 2>/dev/null; sync')
  })
  assert.deepEqual(first.causes, { vda: 'bitmap-usable' })

  const second = await protector.take('incremental')
  assert.deepEqual(second.causes, { vda: 'bitmap-usable' })
  assert.ok((second.changedBytes['vda'] ?? 0) < 8 * MiB, `${second.changedBytes['vda']} bytes for 2 MiB written`)
  const names = await checkpointNames(protector.connection, guest.uuid, never)
  assert.deepEqual(names, [full.session.checkpoint, second.session.checkpoint], 'the last full and the newest are kept')
})
