import type { MachineId } from '../../../../shared/machine.ts'
import { dropAll } from './checkpoints.ts'
import { setGuestClock } from './guest-clock.ts'
import type { SessionHost } from './session-host.ts'
import { carryOut, lookAt, refuseAs, refuseForeign, refuseShared } from './snapshot-act.ts'
import { needInImages, refuseAmbiguous } from './snapshot-name.ts'
import { judge } from './snapshot-rules.ts'
import { needRecord } from './snapshots.ts'

/**
 * Takes a machine back to a snapshot: its disks, its memory where that was kept, its definition, and whether it runs. Our
 * checkpoints are deleted first: with bitmaps in its images QEMU 7.2 ends itself on the way ("Device has active dirty
 * bitmaps"), and what they say is wrong afterwards in any case. So the next backup reads everything and compares.
 * Fails with `snapshot-not-found`, `snapshot-refused`, `machine-busy`.
 */
export async function revertSnapshot(
  host: SessionHost,
  machineId: MachineId,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  await using connection = await host.openConnection(signal)
  const subject = await lookAt(host, connection, machineId, signal)
  const record = needRecord(subject.records, name)
  const { revertRefusal } = judge(subject.records, subject.chains, subject.abilities).get(name) ?? {}
  refuseAs(revertRefusal, `Going back to ${name}`)
  await refuseAmbiguous(record)
  await needInImages(record)
  await refuseForeign(subject, signal)
  await refuseShared(
    subject,
    record.disks.map(({ image }) => image),
    signal,
  )
  await dropAll(connection, machineId, signal)
  await carryOut((actSignal) => connection.snapshots.revert({ uuid: machineId, name }, 0, actSignal), signal)
  if (record.memory !== 'none') await setGuestClock(host, connection, machineId, signal)
}
