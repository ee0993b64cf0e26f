import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { createGuest } from '../../../../e2e/rig/guest.ts'
import { never, protect } from '../../../../e2e/rig/protect.ts'
import { virsh } from '../../../../e2e/rig/virsh.ts'
import { MiB } from '../../../../shared/units.ts'
import { openGuest } from './open-guest.ts'

const small = { sizeBytes: 32 * MiB, format: 'qcow2' } as const

test('a file goes into a running guest byte for byte, and never over one that is there', async () => {
  await using guest = await createGuest({ name: 'files-in', disks: [small] })
  await using protector = await protect(guest.uuid)
  await using files = await openGuest(protector.host, guest.uuid, never)
  assert.equal(files.hasFolders, true)
  const bytes = randomBytes(MiB + 17)
  await files.makeFolder('/mnt/vda/back/报告', never)
  {
    const facts = { mode: 0o600, modifiedAt: 1_600_000_000_500_000_000n }
    await using file = await files.createFile("/mnt/vda/back/报告/it's whole", facts, never)
    await file.write(bytes, never)
    await file.finish(never)
  }
  await files.createLink('/mnt/vda/back/link', '报告', never)
  const sum = await guest.sh(`sha256sum "/mnt/vda/back/报告/it's whole" | cut -c1-64`)
  assert.equal(sum.trim(), createHash('sha256').update(bytes).digest('hex'))
  const stat = await guest.sh(`stat -c '%a %Y' "/mnt/vda/back/报告/it's whole"; readlink /mnt/vda/back/link`)
  assert.deepEqual(stat.trim().split('\n'), ['600 1600000000', '报告'])
  await assert.rejects(files.createFile("/mnt/vda/back/报告/it's whole", {}, never), { code: 'target-exists' })
  assert.equal((await guest.sh('ls -A /mnt/vda/back/报告 | wc -l')).trim(), '1')
})

test('a machine that is off or has no agent is refused with the reason', async () => {
  await using guest = await createGuest({ name: 'files-none', disks: [small], agent: false })
  await using protector = await protect(guest.uuid)
  await assert.rejects(openGuest(protector.host, guest.uuid, never), { code: 'guest-refused', message: /agent/ })
  await virsh('destroy', guest.uuid)
  await assert.rejects(openGuest(protector.host, guest.uuid, never), { code: 'guest-refused', message: /off/ })
})
