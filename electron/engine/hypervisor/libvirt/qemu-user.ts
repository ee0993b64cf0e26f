import { chown } from 'node:fs/promises'
import { childOf, childrenOf, parseXml, textOf, type XmlElement } from './xml.ts'

/** Who QEMU runs as on this host, as numbers. */
export type QemuUser = { readonly uid: number; readonly gid: number }

/** From the live XML of a machine: its own DAC label. Undefined where libvirt does not change users. */
export function qemuUserOfMachine(domain: XmlElement): QemuUser | undefined {
  const label = childrenOf(domain, 'seclabel').find((each) => each.attributes.get('model') === 'dac')
  return parseLabel(textOf(childOf(label, 'label')))
}

/** From the host's capabilities: whom machines run as that say nothing themselves. */
export function qemuUserOfHost(capabilities: string): QemuUser | undefined {
  const host = childOf(parseXml(capabilities), 'host')
  const model = childrenOf(host, 'secmodel').find((each) => textOf(childOf(each, 'model')) === 'dac')
  return parseLabel(textOf(childOf(model, 'baselabel')))
}

/** `+64055:+64055` */
function parseLabel(label: string | undefined): QemuUser | undefined {
  const [, uid, gid] = /^\+(\d+):\+(\d+)$/.exec(label ?? '') ?? []
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) }
}

/** Gives a file to QEMU, where we may. Without that right our files are our own user's, as QEMU is in a session. */
export async function giveToQemu(path: string, user: QemuUser | undefined): Promise<void> {
  if (user !== undefined && process.getuid?.() === 0) await chown(path, user.uid, user.gid)
}
