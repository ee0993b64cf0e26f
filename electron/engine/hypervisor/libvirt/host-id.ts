import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { HostId } from '../../../../shared/machine.ts'
import { childOf, parseXml, textOf } from './xml.ts'

/** Of the ids made here; drawn once at random. */
const namespace = '5f1c8a52-6a0e-4b0e-9d0b-2f1a4c7de913'

/**
 * The same for one daemon as long as it is reached from this computer by the same address. All sockets are local, so
 * the computer's own machine id (machine-id(5)) says which host it is. The host's UUID in libvirt's capabilities is only
 * asked where there is none: a daemon that cannot read the firmware's UUID, and no session daemon can, draws a new one
 * at every start.
 */
export async function readHostId(address: string, capabilities: string): Promise<HostId> {
  const computer = (await readMachineId()) ?? textOf(childOf(childOf(parseXml(capabilities), 'host'), 'uuid')) ?? ''
  return uuidV5(namespace, `${computer} ${address}`)
}

async function readMachineId(): Promise<string | undefined> {
  const text = await readFile('/etc/machine-id', 'utf8').catch(() => '')
  return text.trim() === '' ? undefined : text.trim()
}

/** RFC 9562 §5.5. */
export function uuidV5(space: string, name: string): string {
  const hash = createHash('sha1')
    .update(Buffer.from(space.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
    .digest()
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6)
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = hash.toString('hex', 0, 16)
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
