import { rm } from 'node:fs/promises'
import { Failure } from '../../../../shared/failure.ts'
import type { MachineId } from '../../../../shared/machine.ts'
import type { PointId } from '../../../../shared/point.ts'
import { checkpointNames, dropCheckpoint } from './checkpoints.ts'
import type { LibvirtConnection } from './connection.ts'
import { clearJob, endJobOf } from './job.ts'
import { isLibvirtError, LibvirtError } from './libvirt-error.ts'
import { errors, flags } from './protocol.ts'
import { deadRunFolders, isAlive, removeRunFolder, runBase, spareBase } from './run-folder.ts'
import type { SessionHost } from './session-host.ts'
import { readRecords, removeRecord, type SessionRecord } from './session-record.ts'

/**
 * Ends what an earlier death of ours left on this host: jobs, frozen guests, checkpoints of points that never came to be,
 * scratch files, sockets. Sessions that still live, in whatever process, are left alone. One sentence per thing mended.
 */
export async function cleanUp(
  host: SessionHost,
  isCommitted: (pointId: PointId) => boolean,
  signal: AbortSignal,
): Promise<readonly string[]> {
  await using connection = await host.openConnection(signal)
  const mended: string[] = []
  for (const record of (await readRecords(host.stateFolder)).filter(({ uri }) => uri === host.uri)) {
    if (!(await isAlive(record.runFolder)))
      mended.push(...(await mendOrLog(host, connection, record, isCommitted, signal)))
  }
  mended.push(...(await endOrphanJobs(host, connection, signal)))
  for (const folder of [...(await deadRunFolders(runBase())), ...(await deadRunFolders(spareBase))]) {
    await removeRunFolder(folder)
    mended.push(`Removed the folder ${folder} of a session that had ended without clearing up.`)
  }
  return mended
}

/** What cannot be mended now stays written down for the next time, and does not keep the others from being mended. */
async function mendOrLog(
  host: SessionHost,
  connection: LibvirtConnection,
  record: SessionRecord,
  isCommitted: (pointId: PointId) => boolean,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    const mended =
      record.kind === 'backup'
        ? await mend(host, connection, record, isCommitted(record.pointId), signal)
        : await removeUnfinished(connection, record, signal)
    await removeRunFolder(record.runFolder)
    await removeRecord(host.stateFolder, record.pointId)
    return mended
  } catch (error) {
    if (!(error instanceof LibvirtError)) throw error
    host.log.warn('session not cleared up', { machineId: record.machineId, problem: error.message })
    return []
  }
}

async function mend(
  host: SessionHost,
  connection: LibvirtConnection,
  record: SessionRecord,
  committed: boolean,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const mended: string[] = []
  const { machineId, checkpoint } = record
  try {
    const { name } = await connection.domains.lookup(machineId, signal)
    if (await thawIfFrozen(connection, machineId, signal)) mended.push(`Thawed the file systems of ${name}.`)
    if (await endJobOf(record.runFolder, connection, machineId, host.clock, signal))
      mended.push(`Ended a backup of ${name} that nobody read any more.`)
    if (
      !committed &&
      checkpoint !== undefined &&
      (await checkpointNames(connection, machineId, signal)).includes(checkpoint)
    ) {
      await dropCheckpoint(connection, machineId, checkpoint, signal)
      mended.push(`Deleted the checkpoint ${checkpoint} of ${name}, whose point was never finished.`)
    }
  } catch (error) {
    if (!isLibvirtError(error, errors.noDomain)) throw error
  }
  await removeFiles(record.files)
  return mended
}

/** The files of a machine that never came to be. Once the host knows the machine they are its own. */
async function removeUnfinished(
  connection: LibvirtConnection,
  record: SessionRecord,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    await connection.domains.lookup(record.machineId, signal)
    return []
  } catch (error) {
    if (!isLibvirtError(error, errors.noDomain)) throw error
  }
  await removeFiles(record.files)
  return ['Removed the files of a restore that was cut off.']
}

async function removeFiles(paths: readonly string[]): Promise<void> {
  for (const path of paths) await rm(path, { recursive: true, force: true })
}

const agentSeconds = 5

/** Only asked for machines that we may have frozen: others freeze guests too, and mean it. */
async function thawIfFrozen(
  connection: LibvirtConnection,
  machineId: MachineId,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const status = await connection.guest.agent(machineId, '{"execute":"guest-fsfreeze-status"}', agentSeconds, signal)
    if (!status.includes('"frozen"')) return false
    await connection.guest.thaw(machineId, signal)
    return true
  } catch (error) {
    if (error instanceof LibvirtError) return false
    throw error
  }
}

/** Jobs that no record of ours speaks of, told by the place of their socket: another engine's, dead like the others. */
async function endOrphanJobs(
  host: SessionHost,
  connection: LibvirtConnection,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const ended: string[] = []
  for (const { uuid, name } of await connection.host.listDomains(flags.list.active, signal)) {
    try {
      if (await clearJob(connection, uuid, host.clock, signal))
        ended.push(`Ended a backup of ${name} that nobody read any more.`)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      host.log.info('machine not looked at', { machineId: uuid, problem: error.message })
    }
  }
  return ended
}
