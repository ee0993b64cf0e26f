import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGuest } from '../../../../e2e/rig/guest.ts'
import { never } from '../../../../e2e/rig/protect.ts'
import { until } from '../../../../e2e/rig/until.ts'
import { MiB } from '../../../../shared/units.ts'
import { snapshotSuite } from '../snapshots.suite.ts'
import { connectLibvirt } from './driver.ts'

const small = { sizeBytes: 32 * MiB, format: 'qcow2' } as const

snapshotSuite('libvirt', async () => {
  await using opened = new AsyncDisposableStack()
  const stateFolder = await mkdtemp(join(tmpdir(), 'sp-test-state-'))
  opened.defer(() => rm(stateFolder, { recursive: true }))
  const guest = opened.use(await createGuest({ name: 'suite', disks: [small, small] }))
  const hypervisor = opened.use(await connectLibvirt({ uri: 'qemu:///system', stateFolder }, never))
  const moved = opened.move()
  return {
    hypervisor,
    machineId: guest.uuid,
    write: async (word) => void (await guest.sh(`echo ${word} >/mnt/vda/word; sync`)),
    read: () => guest.sh('cat /mnt/vda/word'),
    untilOff: () => until('the guest is off', async () => (await guest.state()) === 'shut off').then(() => undefined),
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  }
})
