import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import type { NewSnapshot } from '../hypervisor.ts'
import { element } from './build-xml.ts'
import { type DomainDefinition, type DomainDisk, pathOf } from './domain-xml.ts'
import { flags } from './protocol.ts'
import { keptDisks } from './snapshot-rules.ts'
import type { XmlElement } from './xml.ts'

/** How a snapshot will be taken. */
export type SnapshotPlan = {
  readonly kind: 'internal' | 'external'
  readonly document: XmlElement
  readonly flags: number
  /** Files that libvirt will make. */
  readonly files: readonly string[]
}

/** Where overlays go whose disk lies in no folder: libvirt's own place for images. */
const usualFolder = '/var/lib/libvirt/images'

/**
 * Inside the images where that is possible: it can be taken back, and nothing is left lying about. libvirt takes no
 * internal snapshot of a running machine without its memory, none of images other than qcow2, and 9.0 none of a machine with
 * UEFI; those get overlays.
 */
export function planSnapshot(machine: DomainDefinition, snapshot: NewSnapshot, isOff: boolean): SnapshotPlan {
  const isInternal =
    (isOff || snapshot.memory) && !machine.uefi && keptDisks(machine.disks).every((disk) => canHold(disk))
  return isInternal ? planInternal(machine, snapshot) : planExternal(machine, snapshot)
}

function canHold({ format, source }: DomainDisk): boolean {
  return format === 'qcow2' && pathOf(source) !== undefined
}

function planInternal(machine: DomainDefinition, snapshot: NewSnapshot): SnapshotPlan {
  const memory = element('memory', { snapshot: snapshot.memory ? 'internal' : 'no' })
  const disks = diskElements(machine, ({ name }) => element('disk', { name, snapshot: 'internal' }))
  return { kind: 'internal', document: document(snapshot, memory, disks), flags: 0, files: [] }
}

/** Names of files come from chance, never from people: a snapshot may be called what no file may. */
function planExternal(machine: DomainDefinition, snapshot: NewSnapshot): SnapshotPlan {
  const stamp = randomBytes(6).toString('hex')
  const overlays = new Map(
    keptDisks(machine.disks).map((disk) => [
      disk.name,
      join(folderOf(disk), `${machine.uuid}-${disk.name}-${stamp}.qcow2`),
    ]),
  )
  const [first] = overlays.values()
  const memoryFile = snapshot.memory
    ? join(dirname(first ?? usualFolder), `${machine.uuid}-${stamp}.memory`)
    : undefined
  const memory = element('memory', { snapshot: snapshot.memory ? 'external' : 'no', file: memoryFile })
  const disks = diskElements(machine, ({ name }) =>
    element(
      'disk',
      { name, snapshot: 'external', type: 'file' },
      element('driver', { type: 'qcow2' }),
      element('source', { file: overlays.get(name) }),
    ),
  )
  const { diskOnly, atomic, live } = flags.snapshotCreate
  return {
    kind: 'external',
    document: document(snapshot, memory, disks),
    flags: snapshot.memory ? live | atomic : diskOnly | atomic,
    files: [...overlays.values(), ...(memoryFile === undefined ? [] : [memoryFile])],
  }
}

function folderOf(disk: DomainDisk): string {
  return disk.source.kind === 'file' ? dirname(disk.source.path) : usualFolder
}

function diskElements(machine: DomainDefinition, keep: (disk: DomainDisk) => XmlElement): readonly XmlElement[] {
  const kept = new Set(keptDisks(machine.disks))
  return machine.disks.map((disk) =>
    kept.has(disk) ? keep(disk) : element('disk', { name: disk.name, snapshot: 'no' }),
  )
}

function document(snapshot: NewSnapshot, memory: XmlElement, disks: readonly XmlElement[]): XmlElement {
  const { name, description } = snapshot
  return element(
    'domainsnapshot',
    {},
    element('name', {}, name),
    description === undefined || description === '' ? undefined : element('description', {}, description),
    memory,
    element('disks', {}, ...disks),
  )
}
