import { randomBytes, randomUUID } from 'node:crypto'
import { Failure } from '../../../../shared/failure.ts'
import type { MachineId } from '../../../../shared/machine.ts'
import type { LibvirtConnection } from './connection.ts'
import { type DomainDefinition, readDomainXml } from './domain-xml.ts'
import { isLibvirtError, LibvirtError } from './libvirt-error.ts'
import { errors, flags } from './protocol.ts'
import type { NewIdentity } from './xml-edit.ts'

/**
 * Who a restored machine will be. It keeps UUID and MACs of the original, unless a machine of this host has them: two
 * machines with one MAC disturb each other, and libvirt knows a UUID only once. Fails with `identity-taken` for a name that
 * is in use and with `invalid-argument` for one that libvirt does not take.
 */
export async function chooseIdentity(
  connection: LibvirtConnection,
  name: string,
  original: DomainDefinition | undefined,
  signal: AbortSignal,
): Promise<NewIdentity> {
  if (!/^[^/\n]+$/.test(name) || name.trim() === '')
    throw new Failure('invalid-argument', `libvirt takes no machine of the name ${JSON.stringify(name)}`)
  if (await nameExists(connection, name, signal))
    throw new Failure('identity-taken', `A machine of the name ${name} exists on this host`)
  const taken = await takenIdentities(connection, signal)
  const keeps =
    original !== undefined &&
    !taken.uuids.has(original.uuid) &&
    !original.macs.some((mac) => taken.macs.has(mac.toLowerCase()))
  if (keeps) return { name, uuid: original.uuid, mac: (old) => old }
  return { name, uuid: randomUUID(), mac: randomMac }
}

async function nameExists(connection: LibvirtConnection, name: string, signal: AbortSignal): Promise<boolean> {
  try {
    await connection.domains.lookupByName(name, signal)
    return true
  } catch (error) {
    if (isLibvirtError(error, errors.noDomain)) return false
    throw error
  }
}

async function takenIdentities(
  connection: LibvirtConnection,
  signal: AbortSignal,
): Promise<{ readonly uuids: ReadonlySet<MachineId>; readonly macs: ReadonlySet<string> }> {
  const domains = await connection.host.listDomains(0, signal)
  const macs = await Promise.all(domains.map(({ uuid }) => macsOf(connection, uuid, signal)))
  return { uuids: new Set(domains.map(({ uuid }) => uuid)), macs: new Set(macs.flat().map((mac) => mac.toLowerCase())) }
}

async function macsOf(connection: LibvirtConnection, uuid: MachineId, signal: AbortSignal): Promise<readonly string[]> {
  try {
    return readDomainXml(await connection.domains.xml(uuid, flags.xml.inactive, signal)).macs
  } catch (error) {
    if (error instanceof LibvirtError || error instanceof Failure) return []
    throw error
  }
}

/** In the range that QEMU's machines use. */
function randomMac(): string {
  return `52:54:00:${[...randomBytes(3)].map((byte) => byte.toString(16).padStart(2, '0')).join(':')}`
}
