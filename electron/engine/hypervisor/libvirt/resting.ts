import type { MachineId } from '../../../../shared/machine.ts'
import type { LibvirtConnection } from './connection.ts'
import { readDomainXml } from './domain-xml.ts'
import { imageChain } from './image-chain.ts'
import { LibvirtError } from './libvirt-error.ts'

/** Images that other machines of the host use or rest on, with the name of one such machine. */
export async function imagesOfOthers(
  connection: LibvirtConnection,
  machineId: MachineId,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const resting = new Map<string, string>()
  for (const domain of await connection.host.listDomains(0, signal)) {
    if (domain.uuid === machineId) continue
    for (const path of await imagesOf(connection, domain.uuid, signal)) resting.set(path, domain.name)
  }
  return resting
}

/** None of a machine that vanishes meanwhile. */
async function imagesOf(
  connection: LibvirtConnection,
  uuid: MachineId,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    const { disks } = readDomainXml(await connection.domains.xml(uuid, 0, signal))
    return (await Promise.all(disks.map(imageChain))).flat()
  } catch (error) {
    if (error instanceof LibvirtError) return []
    throw error
  }
}
