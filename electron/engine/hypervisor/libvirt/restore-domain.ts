import { element, serializeXml } from './build-xml.ts'
import { defaultDomain, diskElement } from './default-domain.ts'
import type { DomainDefinition } from './domain-xml.ts'
import { childOf, type XmlElement } from './xml.ts'
import { type NewIdentity, withDiskFiles, withIdentity, withNvram } from './xml-edit.ts'

/** Everything a restored machine's definition is made of. */
export type DomainPlan = {
  readonly identity: NewIdentity
  readonly original: DomainDefinition | undefined
  readonly virtType: 'kvm' | 'qemu'
  readonly disks: readonly { readonly name: string; readonly path: string; readonly format: string }[]
  /** New places of files beside the disks; what is absent stays where the original has it. */
  readonly files: Readonly<Partial<Record<'nvram' | 'kernel' | 'initrd', string>>>
}

/** The definition of a machine to be: the original's own, with identity and files of the new one. */
export function restoredDomain(plan: DomainPlan): string {
  const { original, identity, disks, files } = plan
  if (original === undefined) return serializeXml(withIdentity(defaultDomain(plan), identity))
  const placed = withDiskFiles(original.tree, new Map(disks.map((disk) => [disk.name, disk])))
  const known = new Set(original.disks.map((disk) => disk.name))
  const complete = withDisks(
    placed,
    disks.filter((disk) => !known.has(disk.name)),
  )
  const varied = files.nvram === undefined ? complete : withNvram(complete, files.nvram)
  return serializeXml(withIdentity(withBootFiles(varied, files), identity))
}

/** Disks that had been plugged in while the machine ran stand in no definition. */
function withDisks(domain: XmlElement, disks: DomainPlan['disks']): XmlElement {
  const added = disks.map(({ name, path, format }) => diskElement(name, busOf(name), path, format))
  return withChild(domain, 'devices', (devices) => ({ ...devices, children: [...devices.children, ...added] }))
}

function busOf(target: string): string {
  return target.startsWith('vd') ? 'virtio' : target.startsWith('hd') ? 'ide' : 'sata'
}

function withBootFiles(domain: XmlElement, files: DomainPlan['files']): XmlElement {
  return withChild(domain, 'os', (os) => ({
    ...os,
    children: os.children.map((child) => (typeof child === 'string' ? child : (bootFile(child, files) ?? child))),
  }))
}

function bootFile({ name }: XmlElement, files: DomainPlan['files']): XmlElement | undefined {
  if (name !== 'kernel' && name !== 'initrd') return undefined
  const path = files[name]
  return path === undefined ? undefined : element(name, {}, path)
}

function withChild(parent: XmlElement, name: string, edit: (child: XmlElement) => XmlElement): XmlElement {
  const child = childOf(parent, name)
  if (child === undefined) return parent
  return { ...parent, children: parent.children.map((node) => (node === child ? edit(child) : node)) }
}
