import { Failure } from '../../../../shared/failure.ts'
import type { MachineId } from '../../../../shared/machine.ts'
import type { Log } from '../../base/log.ts'
import { RunError, run } from '../../base/run.ts'
import { checkpointPrefix, isOurCheckpoint } from './checkpoint-name.ts'
import type { LibvirtConnection } from './connection.ts'
import { readDomainXml } from './domain-xml.ts'
import { isLibvirtError, LibvirtError } from './libvirt-error.ts'
import { errors, flags } from './protocol.ts'
import { childOf, childrenOf, parseXml, textOf } from './xml.ts'

/** What we write into the description of a checkpoint whose point was read whole: a differential may start there. */
export const wholeDescription = 'Stillpoint: read whole'

/** Names of all checkpoints of a machine, parents before children. */
export async function checkpointNames(
  connection: LibvirtConnection,
  machineId: MachineId,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const list = await connection.checkpoints.list(machineId, flags.checkpointList.topological, signal)
  return list.map((checkpoint) => checkpoint.name)
}

/**
 * Disks of a running machine whose bitmap of the checkpoint is whole. libvirt tells the size of what changed since then only
 * for bitmaps that it would also use (virDomainCheckpointGetXMLDesc with VIR_DOMAIN_CHECKPOINT_XML_SIZE), so that a bitmap
 * that QEMU lost or left inconsistent shows before a backup fails on it.
 */
export async function disksWithBitmap(
  connection: LibvirtConnection,
  machineId: MachineId,
  name: string,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const how = flags.checkpointXml.noDomain | flags.checkpointXml.sizes
  return disksOf(await connection.checkpoints.xml({ uuid: machineId, name }, how, signal), 'size')
}

/** Disks that the checkpoint was taken of, whatever has become of the bitmaps. */
export async function disksOfCheckpoint(
  connection: LibvirtConnection,
  machineId: MachineId,
  name: string,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  return disksOf(
    await connection.checkpoints.xml({ uuid: machineId, name }, flags.checkpointXml.noDomain, signal),
    'name',
  )
}

function disksOf(xml: string, proof: string): ReadonlySet<string> {
  const disks = childrenOf(childOf(parseXml(xml), 'disks'), 'disk')
  const tracked = disks.filter((disk) => disk.attributes.get('checkpoint') === 'bitmap' && disk.attributes.has(proof))
  return new Set(tracked.flatMap((disk) => disk.attributes.get('name') ?? []))
}

/**
 * Deletes a checkpoint with its bitmaps; one that is not there is fine. Where a bitmap is missing, or the machine is off,
 * libvirt can only forget the checkpoint. The bitmaps are then taken out of the images of a machine that is off; one that
 * stays all the same is never used again, since names never repeat.
 */
export async function dropCheckpoint(
  connection: LibvirtConnection,
  machineId: MachineId,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const checkpoint = { uuid: machineId, name }
  try {
    await connection.checkpoints.remove(checkpoint, 0, signal)
  } catch (error) {
    if (!(error instanceof LibvirtError)) throw error
    if (isLibvirtError(error, errors.noCheckpoint, errors.noDomain)) return
    await connection.checkpoints.remove(checkpoint, flags.checkpointDelete.metadataOnly, signal)
    await removeBitmaps(connection, machineId, name, signal)
  }
}

async function removeBitmaps(
  connection: LibvirtConnection,
  machineId: MachineId,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  if ((await connection.domains.state(machineId, signal)) !== 'off') return
  const { disks } = readDomainXml(await connection.domains.xml(machineId, flags.xml.inactive, signal))
  for (const { format, source } of disks) {
    if (format === 'qcow2' && source.kind === 'file') await removeBitmap(source.path, name, signal)
  }
}

async function removeBitmap(path: string, name: string, signal: AbortSignal): Promise<void> {
  try {
    await run('qemu-img', ['bitmap', '--remove', '-f', 'qcow2', '--', path, name], {}, signal)
  } catch (error) {
    if (!(error instanceof RunError) && !(error instanceof Failure && error.code === 'tool-missing')) throw error
  }
}

/** Checkpoints that somebody else made: what they are good for is not ours to end. */
export async function foreignCheckpoints(
  connection: LibvirtConnection,
  machineId: MachineId,
  signal: AbortSignal,
): Promise<readonly string[]> {
  return (await checkpointNames(connection, machineId, signal)).filter((name) => !isOurCheckpoint(name))
}

/**
 * Deletes every checkpoint that we made of a machine, children first. Needed before the disks go back in time: reverting an
 * internal snapshot kills a machine that has bitmaps, and bitmaps of a disk that was overwritten are worthless.
 */
export async function dropAll(
  connection: LibvirtConnection,
  machineId: MachineId,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const ours = (await checkpointNames(connection, machineId, signal)).filter(isOurCheckpoint).reverse()
  for (const name of ours) await dropCheckpoint(connection, machineId, name, signal)
  return ours
}

/**
 * Deletes what no later backup of this repository can need once `newest` is safe: all older checkpoints but the newest that
 * was read whole, which differentials start from. What cannot be deleted is left to the next time.
 */
export async function dropSuperseded(
  connection: LibvirtConnection,
  machineId: MachineId,
  repositoryId: string,
  newest: string,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const prefix = checkpointPrefix(repositoryId)
  const names = (await checkpointNames(connection, machineId, signal)).filter((name) => name.startsWith(prefix))
  if (!names.includes(newest)) return
  const all = await Promise.all(names.map((name) => readMoment(connection, machineId, name, signal)))
  const wholes = all.filter(({ whole }) => whole).sort((a, b) => a.createdAt - b.createdAt)
  const newestWhole = wholes.find(({ name }) => name === newest) ?? wholes.at(-1)
  for (const { name } of all) {
    if (name !== newest && name !== newestWhole?.name) await dropOrLog(connection, machineId, name, log, signal)
  }
}

async function dropOrLog(
  connection: LibvirtConnection,
  machineId: MachineId,
  name: string,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  try {
    await dropCheckpoint(connection, machineId, name, signal)
  } catch (error) {
    if (!(error instanceof LibvirtError)) throw error
    log.warn('checkpoint not deleted', { machineId, name, problem: error.message })
  }
}

/** Order among siblings is not told by the list: libvirt gives parents to checkpoints anew when others are deleted. */
async function readMoment(
  connection: LibvirtConnection,
  machineId: MachineId,
  name: string,
  signal: AbortSignal,
): Promise<{ readonly name: string; readonly whole: boolean; readonly createdAt: number }> {
  const tree = parseXml(
    await connection.checkpoints.xml({ uuid: machineId, name }, flags.checkpointXml.noDomain, signal),
  )
  const whole = textOf(childOf(tree, 'description')) === wholeDescription
  return { name, whole, createdAt: Number(textOf(childOf(tree, 'creationTime'))) }
}
