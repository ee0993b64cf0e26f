import type { Snapshot } from '../../../../shared/machine.ts'
import { type BackingImage, type DomainDisk, disksOf, pathOf } from './domain-xml.ts'
import { childOf, childrenOf, exactTextOf, parseXml, textOf, type XmlElement } from './xml.ts'

/** A snapshot as libvirt keeps it. */
export type SnapshotRecord = {
  readonly name: string
  readonly parent: string | undefined
  readonly createdAt: number | undefined
  readonly description: string | undefined
  readonly memory: Snapshot['memory']
  /** Where memory lies that has a file of its own. */
  readonly memoryPath: string | undefined
  readonly disks: readonly SnapshotDisk[]
}

export type SnapshotDisk = Snapshot['disks'][number] & {
  /** The image that the machine wrote to when the snapshot was taken: it holds what the snapshot is of. */
  readonly image: string | undefined
  /** That image with all that libvirt told below it, nearest first. */
  readonly below: readonly BackingImage[]
  /** External only: the image that was begun then and holds what came later. */
  readonly overlay: string | undefined
}

/** From a `<domainsnapshot>`. Fails with `host-unsupported` for what is none. */
export function readSnapshotXml(xml: string): Omit<SnapshotRecord, 'name'> {
  const tree = parseXml(xml)
  const createdSeconds = textOf(childOf(tree, 'creationTime'))
  const memory = childOf(tree, 'memory')?.attributes
  const then = new Map(disksOf(childOf(tree, 'domain')).map((disk) => [disk.name, disk]))
  return {
    parent: exactTextOf(childOf(childOf(tree, 'parent'), 'name')),
    createdAt: createdSeconds === undefined ? undefined : Number(createdSeconds) * 1000,
    description: exactTextOf(childOf(tree, 'description')),
    memory: locationOf(memory?.get('snapshot') ?? 'no'),
    memoryPath: memory?.get('file'),
    disks: childrenOf(childOf(tree, 'disks'), 'disk').flatMap((disk) => readDisk(disk, then)),
  }
}

function readDisk(disk: XmlElement, then: ReadonlyMap<string, DomainDisk>): readonly SnapshotDisk[] {
  const name = disk.attributes.get('name')
  if (name === undefined) return []
  const location = locationOf(disk.attributes.get('snapshot') ?? 'no')
  const source = childOf(disk, 'source')?.attributes
  const overlay = location === 'external' ? (source?.get('file') ?? source?.get('dev')) : undefined
  const was = then.get(name)
  const below = was === undefined ? [] : [{ source: was.source, format: was.format }, ...was.backing]
  return [{ name, location, image: was && pathOf(was.source), below, overlay }]
}

/** What is neither inside the image nor left out lies somewhere else, whoever looks after it (`manual`). */
function locationOf(word: string): Snapshot['memory'] {
  if (word === 'no') return 'none'
  return word === 'internal' ? 'internal' : 'external'
}
