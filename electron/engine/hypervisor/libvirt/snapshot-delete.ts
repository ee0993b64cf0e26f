import { open, rm } from 'node:fs/promises'
import type { MachineId } from '../../../../shared/machine.ts'
import { dropAll } from './checkpoints.ts'
import type { SessionHost } from './session-host.ts'
import { withCheckpointsAside } from './set-aside.ts'
import { carryOut, lookAt, refuseAs, refuseForeign, refuseShared, type Subject } from './snapshot-act.ts'
import { refuseAmbiguous } from './snapshot-name.ts'
import { judge } from './snapshot-rules.ts'
import type { SnapshotRecord } from './snapshot-xml.ts'
import { needRecord } from './snapshots.ts'

/**
 * Deletes a snapshot and nothing else: the machine's content and its other snapshots stay. libvirt merges the overlay of an
 * external one into the image below it, which stays. Fails with `snapshot-not-found`, `snapshot-refused`, `machine-busy`.
 */
export async function deleteSnapshot(
  host: SessionHost,
  machineId: MachineId,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  await using connection = await host.openConnection(signal)
  const subject = await lookAt(host, connection, machineId, signal)
  const record = needRecord(subject.records, name)
  const { deleteRefusal } = judge(subject.records, subject.chains, subject.abilities).get(name) ?? {}
  refuseAs(deleteRefusal, `Deleting ${name}`)
  await refuseAmbiguous(record)
  await refuseShared(subject, mergedImages(record), signal)
  const act = () =>
    carryOut((actSignal) => connection.snapshots.remove({ uuid: machineId, name }, 0, actSignal), signal)
  if (subject.isOff) await deleteOff(host, subject, record, act, signal)
  else await act()
  await removeMemoryFile(record)
}

/** Images that are written to or removed. */
function mergedImages({ disks }: SnapshotRecord): readonly (string | undefined)[] {
  return disks.filter(({ location }) => location === 'external').flatMap(({ image, overlay }) => [image, overlay])
}

/** An overlay's bitmaps would go with it, so the checkpoints are given up where one is merged. */
async function deleteOff(
  host: SessionHost,
  subject: Subject,
  record: SnapshotRecord,
  act: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { connection, machineId } = subject
  await refuseForeign(subject, signal)
  if (mergedImages(record).length === 0) return await withCheckpointsAside(connection, machineId, host.log, act, signal)
  await dropAll(connection, machineId, signal)
  await act()
}

/** What libvirt's saved memory begins with (its src/qemu/qemu_saveimage.h), whole and unfinished. */
const saveMagics = ['LibvirtQemudSave', 'LibvirtQemudPart']

/** libvirt 9.0 leaves the memory of a deleted snapshot lying; only a file that is one is removed. */
async function removeMemoryFile({ memoryPath }: SnapshotRecord): Promise<void> {
  if (memoryPath === undefined) return
  const file = await open(memoryPath).catch(() => undefined)
  if (file === undefined) return
  const head = Buffer.alloc(saveMagics[0]?.length ?? 0)
  await file.read(head, 0, head.length, 0).finally(() => file.close())
  if (saveMagics.includes(head.toString('latin1'))) await rm(memoryPath, { force: true })
}
