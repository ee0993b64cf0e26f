import { dirname } from 'node:path'
import { Failure } from '../../../../shared/failure.ts'
import type { MachineId } from '../../../../shared/machine.ts'
import type { Clock } from '../../base/clock.ts'
import type { LibvirtConnection } from './connection.ts'
import { isLibvirtError } from './libvirt-error.ts'
import { errors } from './protocol.ts'
import { isAlive, isRunFolder } from './run-folder.ts'
import { childOf, parseXml } from './xml.ts'

const endLimitMs = 30_000
const pollMs = 50

/**
 * A machine has one job at a time, and asking for a second one waits half a minute in vain. A job that a dead engine of
 * ours left is ended; any other fails with `machine-busy`. Answers whether there was one.
 */
export async function clearJob(
  connection: LibvirtConnection,
  machineId: MachineId,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  if (!(await hasJob(connection, machineId, signal))) return false
  const folder = await folderOfJob(connection, machineId, signal)
  if (folder === undefined || !isRunFolder(folder) || (await isAlive(folder)))
    throw new Failure('machine-busy', 'The machine has another job under way: a backup, a migration or a save.')
  await endJob(connection, machineId, clock, signal)
  return true
}

/** Ends the machine's job and waits until it is gone, so that its scratch files are too. Nothing to end is fine. */
async function endJob(
  connection: LibvirtConnection,
  machineId: MachineId,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  try {
    await connection.backup.abortJob(machineId, signal)
    const end = clock.elapsed() + endLimitMs
    while (clock.elapsed() < end && (await hasJob(connection, machineId, signal))) await clock.sleep(pollMs, signal)
  } catch (error) {
    if (!isLibvirtError(error, errors.operationInvalid, errors.operationAborted, errors.noDomain)) throw error
  }
}

/** Ends the backup whose socket lies in `runFolder`, and no other. Answers whether there was one. */
export async function endJobOf(
  runFolder: string,
  connection: LibvirtConnection,
  machineId: MachineId,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  if ((await folderOfJob(connection, machineId, signal)) !== runFolder) return false
  await endJob(connection, machineId, clock, signal)
  return true
}

async function hasJob(connection: LibvirtConnection, machineId: MachineId, signal: AbortSignal): Promise<boolean> {
  return (await connection.backup.jobStats(machineId, 0, signal)).type !== 'none'
}

/** The folder of the backup's socket; undefined when there is no backup. */
async function folderOfJob(
  connection: LibvirtConnection,
  machineId: MachineId,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const xml = await connection.backup.xml(machineId, signal)
    const socket = childOf(parseXml(xml), 'server')?.attributes.get('socket')
    return socket === undefined ? undefined : dirname(socket)
  } catch (error) {
    if (isLibvirtError(error, errors.noBackup, errors.operationInvalid, errors.noDomain)) return undefined
    throw error
  }
}
