import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { MachineId } from '../../../../shared/machine.ts'
import { writeDurably } from '../../base/durable-file.ts'
import { serializeXml } from './build-xml.ts'
import { isOurCheckpoint } from './checkpoint-name.ts'
import { checkpointNames } from './checkpoints.ts'
import type { LibvirtConnection } from './connection.ts'
import { LibvirtError } from './libvirt-error.ts'
import { flags } from './protocol.ts'
import { parseXml } from './xml.ts'

/**
 * A host forgets the checkpoints of a transient machine when it stops, while the bitmaps stay in the images. So their XML is
 * kept here and given back to the host at the next backup.
 */
export async function keepCheckpointXml(
  stateFolder: string,
  connection: LibvirtConnection,
  machineId: MachineId,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const xml = await connection.checkpoints.xml({ uuid: machineId, name }, flags.checkpointXml.secure, signal)
  await mkdir(folderOf(stateFolder, machineId), { recursive: true, mode: 0o700 })
  writeDurably(pathOf(stateFolder, machineId, name), Buffer.from(xml), 0o600)
}

/** Gives the host back what it forgot of `wanted`, as far as it was kept; the others are of no use any more. */
export async function recallCheckpoints(
  stateFolder: string,
  connection: LibvirtConnection,
  machineId: MachineId,
  wanted: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<void> {
  const kept = await keptNames(stateFolder, machineId)
  if (kept.length === 0) return
  const known = new Set(await checkpointNames(connection, machineId, signal))
  for (const name of kept) {
    if (known.has(name)) continue
    if (!wanted.has(name) || !(await recall(stateFolder, connection, machineId, name, signal)))
      await rm(pathOf(stateFolder, machineId, name), { force: true })
  }
}

async function keptNames(stateFolder: string, machineId: MachineId): Promise<readonly string[]> {
  const files = await readdir(folderOf(stateFolder, machineId)).catch(() => [])
  return files
    .filter((file) => file.endsWith('.xml'))
    .map((file) => file.slice(0, -'.xml'.length))
    .filter(isOurCheckpoint)
}

async function recall(
  stateFolder: string,
  connection: LibvirtConnection,
  machineId: MachineId,
  name: string,
  signal: AbortSignal,
): Promise<boolean> {
  return await giveBack(connection, machineId, await readFile(pathOf(stateFolder, machineId, name), 'utf8'), signal)
}

/**
 * Tells the host of a checkpoint whose bitmaps are in the images, without its parent, which may be gone: every bitmap
 * records by itself. False when the host does not want it.
 */
export async function giveBack(
  connection: LibvirtConnection,
  machineId: MachineId,
  xml: string,
  signal: AbortSignal,
): Promise<boolean> {
  const tree = parseXml(xml)
  const children = tree.children.filter((child) => typeof child === 'string' || child.name !== 'parent')
  try {
    await connection.checkpoints.create(
      machineId,
      serializeXml({ ...tree, children }),
      flags.checkpointCreate.redefine,
      signal,
    )
    return true
  } catch (error) {
    if (error instanceof LibvirtError) return false
    throw error
  }
}

function folderOf(stateFolder: string, machineId: MachineId): string {
  return join(stateFolder, 'checkpoints', machineId)
}

function pathOf(stateFolder: string, machineId: MachineId, name: string): string {
  return join(folderOf(stateFolder, machineId), `${name}.xml`)
}
