import { Failure } from '../../../../shared/failure.ts'
import { childOf, childrenOf, exactTextOf, parseXml, textOf, type XmlElement } from './xml.ts'

/** What a host keeps about one machine, as far as backups need it. `tree` is all of it. */
export type DomainDefinition = {
  readonly tree: XmlElement
  readonly name: string
  readonly uuid: string
  readonly macs: readonly string[]
  readonly disks: readonly DomainDisk[]
  /** Files on the host beside the disks. */
  readonly files: {
    readonly nvram: string | undefined
    readonly loader: string | undefined
    readonly kernel: string | undefined
    readonly initrd: string | undefined
  }
  /** Whether its firmware is UEFI, whose variables lie in a flash image of their own. */
  readonly uefi: boolean
  /** `emulator` keeps its state in a folder of the host, `passthrough` in a chip. */
  readonly tpm: string | undefined
  /** `connected` only in the XML of a running machine whose agent has opened its channel. */
  readonly agent: 'none' | 'disconnected' | 'connected'
}

export type DomainDisk = {
  /** Target device (`vda`): what libvirt names disks by. */
  readonly name: string
  readonly device: 'disk' | 'cdrom' | 'floppy' | 'lun'
  readonly source: DiskSource
  /** As the definition says; libvirt takes a disk without one as raw. */
  readonly format: string
  readonly readonly: boolean
  readonly shareable: boolean
  /** What the guest writes is thrown away when it stops. */
  readonly transient: boolean
  /** The images below the top one, nearest first, as far as the XML tells. */
  readonly backing: readonly BackingImage[]
  /** True when the XML says where the chain ends: nothing lies below the last image above. */
  readonly backingComplete: boolean
}

export type DiskSource =
  | { readonly kind: 'none' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'block'; readonly path: string }
  | { readonly kind: 'network'; readonly protocol: string; readonly name: string }
  | { readonly kind: 'volume'; readonly pool: string; readonly volume: string }
  /** A folder as FAT, NVMe passthrough, vhost-user and what else may come. */
  | { readonly kind: 'other'; readonly type: string }

export type BackingImage = { readonly source: DiskSource; readonly format: string | undefined }

/** Fails with `host-unsupported` for a document that is no `<domain>` with name and UUID. */
export function readDomainXml(xml: string): DomainDefinition {
  const tree = parseXml(xml)
  const name = exactTextOf(childOf(tree, 'name'))
  const uuid = textOf(childOf(tree, 'uuid'))?.toLowerCase()
  if (tree.name !== 'domain' || name === undefined || uuid === undefined)
    throw new Failure('host-unsupported', 'The XML is not that of a machine')
  const os = childOf(tree, 'os')
  const devices = childOf(tree, 'devices')
  const path = (element: string) => textOf(childOf(os, element))
  return {
    tree,
    name,
    uuid,
    macs: childrenOf(devices, 'interface').flatMap((nic) => childOf(nic, 'mac')?.attributes.get('address') ?? []),
    disks: disksOf(tree),
    files: { nvram: readNvram(os), loader: path('loader'), kernel: path('kernel'), initrd: path('initrd') },
    uefi: childOf(os, 'loader')?.attributes.get('type') === 'pflash' || os?.attributes.get('firmware') === 'efi',
    tpm: childOf(childOf(devices, 'tpm'), 'backend')?.attributes.get('type'),
    agent: readAgent(devices),
  }
}

/** Of a `<domain>`, wherever it stands; none where there is no domain. */
export function disksOf(domain: XmlElement | undefined): readonly DomainDisk[] {
  return childrenOf(childOf(domain, 'devices'), 'disk').flatMap(readDisk)
}

/** The path of an image that lies in a file or on a block device of the host. */
export function pathOf(source: DiskSource): string | undefined {
  return source.kind === 'file' || source.kind === 'block' ? source.path : undefined
}

/** Older libvirt writes the path as text, newer may write a `<source file>` instead. */
function readNvram(os: XmlElement | undefined): string | undefined {
  const nvram = childOf(os, 'nvram')
  return childOf(nvram, 'source')?.attributes.get('file') ?? textOf(nvram)
}

function readAgent(devices: XmlElement | undefined): DomainDefinition['agent'] {
  const targets = childrenOf(devices, 'channel').map((channel) => childOf(channel, 'target')?.attributes)
  const agent = targets.find((target) => target?.get('name') === 'org.qemu.guest_agent.0')
  if (agent === undefined) return 'none'
  return agent.get('state') === 'connected' ? 'connected' : 'disconnected'
}

function readDisk(disk: XmlElement): readonly DomainDisk[] {
  const name = childOf(disk, 'target')?.attributes.get('dev')
  if (name === undefined) return []
  const backing = [...backingChain(disk)]
  return [
    {
      name,
      device: readDevice(disk.attributes.get('device')),
      source: readSource(disk),
      format: childOf(disk, 'driver')?.attributes.get('type') ?? 'raw',
      readonly: childOf(disk, 'readonly') !== undefined,
      shareable: childOf(disk, 'shareable') !== undefined,
      transient: childOf(disk, 'transient') !== undefined,
      backing: backing.filter((layer) => !isEnd(layer)).map(readBackingImage),
      backingComplete: backing.some(isEnd),
    },
  ]
}

function readDevice(device: string | undefined): DomainDisk['device'] {
  return device === 'cdrom' || device === 'floppy' || device === 'lun' ? device : 'disk'
}

/** The nested `<backingStore>` elements in order; an empty one marks the end. */
function* backingChain(disk: XmlElement): Generator<XmlElement> {
  for (let layer = childOf(disk, 'backingStore'); layer !== undefined; layer = childOf(layer, 'backingStore'))
    yield layer
}

function isEnd(layer: XmlElement): boolean {
  return childOf(layer, 'source') === undefined
}

function readBackingImage(layer: XmlElement): BackingImage {
  return { source: readSource(layer), format: childOf(layer, 'format')?.attributes.get('type') }
}

/** Of a `<disk>` or `<backingStore>`: its type says which attribute of `<source>` counts. */
function readSource(holder: XmlElement): DiskSource {
  const source = childOf(holder, 'source')?.attributes
  const type = holder.attributes.get('type') ?? 'file'
  const attribute = (name: string) => source?.get(name) ?? ''
  if (source === undefined) return { kind: 'none' }
  if (type === 'file') return attribute('file') === '' ? { kind: 'none' } : { kind: 'file', path: attribute('file') }
  if (type === 'block') return { kind: 'block', path: attribute('dev') }
  if (type === 'network') return { kind: 'network', protocol: attribute('protocol'), name: attribute('name') }
  if (type === 'volume') return { kind: 'volume', pool: attribute('pool'), volume: attribute('volume') }
  return { kind: 'other', type }
}
