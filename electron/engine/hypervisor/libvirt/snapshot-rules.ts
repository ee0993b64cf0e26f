import type { Snapshot, SnapshotRefusal } from '../../../../shared/machine.ts'
import type { DomainDefinition, DomainDisk } from './domain-xml.ts'
import type { SnapshotDisk, SnapshotRecord } from './snapshot-xml.ts'

/** What a host's libvirt can do with snapshots that lie in files of their own. */
export type SnapshotAbilities = {
  readonly externalRevert: boolean
  /** `leaf`: only one that nothing was taken on top of; `merge`: libvirt takes it out of the middle, too. */
  readonly externalDelete: 'never' | 'leaf' | 'merge'
}

/** Images of each disk as they are now, the one written to first. */
export type Chains = ReadonlyMap<string, readonly string[]>

/** From so many overlays on a person is warned, and from so many on no more are made: 200 keep a machine from starting. */
export const warnedOverlays = 30
export const refusedOverlays = 150

/** The longest chain of a machine, in overlays over the image at its bottom. */
export function overlaysOf(chains: Chains): number {
  return Math.max(0, ...[...chains.values()].map((chain) => chain.length - 1))
}

/** Why no snapshot of any kind is made; undefined when one can be. */
export function createRefusal(
  machine: Pick<DomainDefinition, 'disks'>,
  isTransient: boolean,
  isOff: boolean,
  chains: Chains,
): SnapshotRefusal | undefined {
  const disks = keptDisks(machine.disks)
  if (isTransient) return 'machine-transient'
  if (disks.length === 0 || disks.some((disk) => !canBeKept(disk, isOff))) return 'format-without-snapshots'
  if (overlaysOf(chains) >= refusedOverlays) return 'chain-too-deep'
  return undefined
}

/** Disks whose content goes into a snapshot; media and what cannot be written stay as they are. */
export function keptDisks(disks: readonly DomainDisk[]): readonly DomainDisk[] {
  return disks.filter((disk) => (disk.device === 'disk' || disk.device === 'lun') && !disk.readonly)
}

/** Of what lies on the network, only a running QEMU can begin an overlay. */
function canBeKept({ device, source, transient }: DomainDisk, isOff: boolean): boolean {
  if (device === 'lun' || transient || source.kind === 'none' || source.kind === 'other') return false
  return !isOff || source.kind === 'file' || source.kind === 'block'
}

/** What may not be done to each snapshot, by name. */
export type Judgement = Pick<Snapshot, 'revertRefusal' | 'deleteRefusal'>

export function judge(
  records: readonly SnapshotRecord[],
  chains: Chains,
  abilities: SnapshotAbilities,
): ReadonlyMap<string, Judgement> {
  const tree = new Tree(records)
  return new Map(records.map((record) => [record.name, judgeOne(record, tree, chains, abilities)]))
}

function judgeOne(record: SnapshotRecord, tree: Tree, chains: Chains, abilities: SnapshotAbilities): Judgement {
  const revertRefusal = refusalOfRevert(record, tree, chains, abilities)
  const deleteRefusal = refusalOfDelete(record, tree, chains, abilities)
  return {
    ...(revertRefusal === undefined ? {} : { revertRefusal }),
    ...(deleteRefusal === undefined ? {} : { deleteRefusal }),
  }
}

/** What rests on which image, over all snapshots of a machine. */
class Tree {
  readonly #external = new Map<string, SnapshotRecord[]>()
  readonly #internal = new Map<string, SnapshotRecord[]>()

  constructor(records: readonly SnapshotRecord[]) {
    for (const record of records) {
      for (const { image, location } of record.disks) {
        if (image === undefined || location === 'none') continue
        const map = location === 'internal' ? this.#internal : this.#external
        map.set(image, [...(map.get(image) ?? []), record])
      }
    }
  }

  /** Snapshots whose overlays were begun over the image. */
  over(image: string): readonly SnapshotRecord[] {
    return this.#external.get(image) ?? []
  }

  /** Snapshots that lie inside the image. */
  inside(image: string): readonly SnapshotRecord[] {
    return this.#internal.get(image) ?? []
  }
}

function isExternal({ memory, disks }: SnapshotRecord): boolean {
  return memory === 'external' || disks.some(({ location }) => location === 'external')
}

/**
 * Going back writes into the image that holds an internal snapshot, so nothing may rest on that image and the machine must be
 * using it: libvirt 9.0 goes back all the same, and what lies in the overlays above is lost (tried).
 */
function refusalOfRevert(
  record: SnapshotRecord,
  tree: Tree,
  chains: Chains,
  abilities: SnapshotAbilities,
): SnapshotRefusal | undefined {
  if (isMixed(record)) return 'mixed-chain'
  if (isExternal(record)) return abilities.externalRevert ? undefined : 'external-revert'
  const isApart = ({ image }: SnapshotDisk) => image !== undefined && tree.over(image).length > 0
  return isElsewhere(record, chains) || record.disks.some(isApart) ? 'mixed-chain' : undefined
}

function refusalOfDelete(
  record: SnapshotRecord,
  tree: Tree,
  chains: Chains,
  abilities: SnapshotAbilities,
): SnapshotRefusal | undefined {
  if (isMixed(record)) return 'mixed-chain'
  if (!isExternal(record)) return isElsewhere(record, chains) ? 'mixed-chain' : undefined
  if (abilities.externalDelete === 'never') return 'host-too-old'
  const disks = record.disks.filter(({ location }) => location === 'external')
  const refusals = disks.map((disk) => refusalOfMerge(disk, tree, chains.get(disk.name) ?? [], abilities))
  return refusals.find((each) => each !== undefined)
}

/**
 * libvirt deletes an external snapshot by writing the overlay into the image below and removing it. A snapshot inside the
 * overlay goes with it (tried on libvirt 9.0), another overlay on the image below is ruined, and so is one on the overlay
 * unless libvirt mends it.
 */
function refusalOfMerge(
  { image = '', overlay = '' }: SnapshotDisk,
  tree: Tree,
  chain: readonly string[],
  abilities: SnapshotAbilities,
): SnapshotRefusal | undefined {
  if (tree.inside(overlay).length > 0 || tree.inside(image).length > 0) return 'mixed-chain'
  const isInUse = chain.includes(overlay) && chain.includes(image)
  const above = tree.over(overlay).length
  if (!isInUse || tree.over(image).length > 1 || above > 1) return 'external-parent'
  return above === 1 && abilities.externalDelete !== 'merge' ? 'external-parent' : undefined
}

function isMixed({ memory, disks }: SnapshotRecord): boolean {
  const locations = new Set([memory, ...disks.map(({ location }) => location)])
  return locations.has('internal') && locations.has('external')
}

/** Whether the machine now writes to other images than those that an internal snapshot lies in. */
function isElsewhere({ disks }: SnapshotRecord, chains: Chains): boolean {
  return disks.some(
    ({ name, location, image }) => location === 'internal' && image !== undefined && chains.get(name)?.[0] !== image,
  )
}
