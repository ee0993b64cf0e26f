import type { MachineId } from '../../../../shared/machine.ts'
import { element } from './build-xml.ts'
import { childOf, type XmlElement } from './xml.ts'

export type NewIdentity = {
  readonly name: string
  readonly uuid: MachineId
  /** The address of a network card by the one that it had. */
  readonly mac: (old: string) => string
}

/**
 * A domain under a name, UUID and MACs of its own. Everything that says who a machine is follows: libvirt refuses an
 * SMBIOS UUID other than the machine's, and a guest that goes back in time has to see a new generation id, which libvirt
 * makes for an empty `<genid>`. All else stays as it is, unknown elements and namespaces included.
 */
export function withIdentity(domain: XmlElement, identity: NewIdentity): XmlElement {
  const named = putChild(putChild(domain, element('name', {}, identity.name)), element('uuid', {}, identity.uuid))
  const fresh = editChildren(named, 'genid', () => element('genid', {}))
  const smbios = editAt(fresh, ['sysinfo', 'system', 'entry'], (entry) => withSmbiosUuid(entry, identity.uuid))
  return editAt(smbios, ['devices', 'interface', 'mac'], (mac) => withMac(mac, identity.mac))
}

/**
 * A domain whose disks are the given files, by target device. Disks that are not given are removed: their sources would
 * be those of the machine that the definition was taken from. CD-ROM and floppy drives stay.
 */
export function withDiskFiles(
  domain: XmlElement,
  files: ReadonlyMap<string, { readonly path: string; readonly format: string }>,
): XmlElement {
  return editAt(domain, ['devices', 'disk'], (disk) => {
    const device = disk.attributes.get('device')
    if (device === 'cdrom' || device === 'floppy') return disk
    const file = files.get(childOf(disk, 'target')?.attributes.get('dev') ?? '')
    return file === undefined ? undefined : withFile(disk, file.path, file.format)
  })
}

/** A domain whose UEFI variables lie in the given file; without effect on a machine that has none. */
export function withNvram(domain: XmlElement, path: string): XmlElement {
  return editAt(domain, ['os', 'nvram'], (nvram) => {
    const attributes = new Map([...nvram.attributes].filter(([name]) => name !== 'type'))
    return { ...nvram, attributes, children: [path] }
  })
}

/** The element without attribute or child left that names the old place or its chain. */
function withFile(disk: XmlElement, path: string, format: string): XmlElement {
  const stale = new Set(['backingStore', 'mirror', 'encryption', 'auth'])
  const children = disk.children.filter((child) => typeof child === 'string' || !stale.has(child.name))
  const attributes = new Map([...disk.attributes, ['type', 'file'] as const, ['device', 'disk'] as const])
  const driver = childOf(disk, 'driver') ?? element('driver', { name: 'qemu' })
  const typed = { ...driver, attributes: new Map([...driver.attributes, ['type', format] as const]) }
  return putChild(putChild({ ...disk, attributes, children }, typed), element('source', { file: path }))
}

function withSmbiosUuid(entry: XmlElement, uuid: string): XmlElement {
  return entry.attributes.get('name') === 'uuid' ? { ...entry, children: [uuid] } : entry
}

function withMac(mac: XmlElement, replace: (old: string) => string): XmlElement {
  const address = mac.attributes.get('address')
  return address === undefined
    ? mac
    : { ...mac, attributes: new Map([...mac.attributes, ['address', replace(address)] as const]) }
}

/** In the place of the first child of that name, or else as the first child of all. */
function putChild(parent: XmlElement, child: XmlElement): XmlElement {
  const old = childOf(parent, child.name)
  if (old === undefined) return { ...parent, children: [child, ...parent.children] }
  return { ...parent, children: parent.children.map((node) => (node === old ? child : node)) }
}

/** Replaces every element at the end of the path, or removes it where `edit` gives nothing. */
function editAt(
  root: XmlElement,
  path: readonly string[],
  edit: (element: XmlElement) => XmlElement | undefined,
): XmlElement {
  const [name, ...rest] = path
  if (name === undefined) return root
  return editChildren(root, name, (child) => (rest.length === 0 ? edit(child) : editAt(child, rest, edit)))
}

function editChildren(
  parent: XmlElement,
  name: string,
  edit: (child: XmlElement) => XmlElement | undefined,
): XmlElement {
  const children = parent.children.flatMap((node) =>
    typeof node === 'string' || node.name !== name ? node : (edit(node) ?? []),
  )
  return { ...parent, children }
}
