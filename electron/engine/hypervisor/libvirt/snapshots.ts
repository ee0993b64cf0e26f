import type { MachineId, Snapshot } from '../../../../shared/machine.ts'
import type { LibvirtConnection } from './connection.ts'
import { isLibvirtError } from './libvirt-error.ts'
import { errors, flags } from './protocol.ts'
import type { MomentRef } from './values.ts'
import { childOf, exactTextOf, parseXml, textOf, type XmlElement } from './xml.ts'

/** The hypervisor's own snapshots of a machine, parents before children. One that vanishes meanwhile is left out. */
export async function readSnapshots(
  connection: LibvirtConnection,
  uuid: MachineId,
  signal: AbortSignal,
): Promise<Snapshot[]> {
  const [refs, current] = await Promise.all([
    connection.snapshots.list(uuid, flags.snapshotList.topological, signal),
    connection.snapshots.current(uuid, signal),
  ])
  const found = await Promise.all(refs.map((ref) => readSnapshot(connection, ref, ref.name === current?.name, signal)))
  return found.filter((snapshot) => snapshot !== undefined)
}

async function readSnapshot(
  connection: LibvirtConnection,
  ref: MomentRef,
  current: boolean,
  signal: AbortSignal,
): Promise<Snapshot | undefined> {
  try {
    const tree = parseXml(await connection.snapshots.xml(ref, 0, signal))
    const parent = exactTextOf(childOf(childOf(tree, 'parent'), 'name'))
    const createdSeconds = textOf(childOf(tree, 'creationTime'))
    return {
      name: ref.name,
      current,
      memory: readMemory(tree),
      ...(parent === undefined ? {} : { parent }),
      ...(createdSeconds === undefined ? {} : { createdAt: Number(createdSeconds) * 1000 }),
    }
  } catch (error) {
    if (isLibvirtError(error, errors.noSnapshot)) return undefined
    throw error
  }
}

function readMemory(tree: XmlElement): Snapshot['memory'] {
  const memory = childOf(tree, 'memory')?.attributes.get('snapshot')
  return memory === 'internal' || memory === 'external' ? memory : 'none'
}
