import type { LibvirtConnection } from './connection.ts'
import type { SnapshotAbilities } from './snapshot-rules.ts'
import { childOf, childrenOf, parseXml } from './xml.ts'

/** The first libvirt that deletes external snapshots (its NEWS for 9.0.0). */
const firstWithDelete = 9_000_000

/** `<externalSnapshot/>` among a guest's features says that libvirt (9.9 and later) takes such snapshots all the way. */
export async function readAbilities(connection: LibvirtConnection, signal: AbortSignal): Promise<SnapshotAbilities> {
  const [version, capabilities] = await Promise.all([
    connection.host.libvirtVersion(signal),
    connection.host.capabilities(signal),
  ])
  return abilitiesFrom(version, capabilities)
}

export function abilitiesFrom(version: number, capabilities: string): SnapshotAbilities {
  const guests = childrenOf(parseXml(capabilities), 'guest')
  const isWhole = guests.some((guest) => childOf(childOf(guest, 'features'), 'externalSnapshot') !== undefined)
  if (isWhole) return { externalRevert: true, externalDelete: 'merge' }
  return { externalRevert: false, externalDelete: version >= firstWithDelete ? 'leaf' : 'never' }
}
