import type { MachineId } from '../../../../shared/machine.ts'
import type { Log } from '../../base/log.ts'
import { isOurCheckpoint } from './checkpoint-name.ts'
import { checkpointNames } from './checkpoints.ts'
import type { LibvirtConnection } from './connection.ts'
import { giveBack } from './kept.ts'
import { flags } from './protocol.ts'

/**
 * Runs `act` while the host knows none of our checkpoints of a machine that is off, and gives them back whatever comes of it.
 * libvirt touches no snapshot of such a machine otherwise ("cannot perform block operations while checkpoint exists", 9.0),
 * though a snapshot inside an image leaves its bitmaps and what they stand for as they are. Should we die in between, the
 * next backup finds no checkpoint and reads everything.
 */
export async function withCheckpointsAside<T>(
  connection: LibvirtConnection,
  machineId: MachineId,
  log: Log,
  act: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const names = (await checkpointNames(connection, machineId, signal)).filter(isOurCheckpoint)
  const aside: string[] = []
  try {
    for (const name of names.toReversed()) {
      const checkpoint = { uuid: machineId, name }
      const xml = await connection.checkpoints.xml(checkpoint, flags.checkpointXml.secure, signal)
      await connection.checkpoints.remove(checkpoint, flags.checkpointDelete.metadataOnly, signal)
      aside.unshift(xml)
    }
    return await act()
  } finally {
    for (const xml of aside)
      if (!(await giveBack(connection, machineId, xml, new AbortController().signal)))
        log.warn('checkpoint not given back', { machineId })
  }
}
