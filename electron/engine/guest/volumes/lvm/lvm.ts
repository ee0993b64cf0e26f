import type { VolumeRefusal } from '../../../../../shared/files.ts'
import { type Group, groupOf, identityOf, type LogicalVolume } from './group.ts'
import type { Label } from './label.ts'
import { type Mapped, type Members, mapLogical, type PhysicalDisk, type Refused } from './map.ts'
import { type Section, stringOf } from './text.ts'

/** A disk or partition with a label on it, the names of the disks of the point below it, and where on them it lies. */
export type Member = PhysicalDisk & { readonly label: Label }

export type FoundLogical = {
  readonly group: string
  readonly name: string
  readonly sizeBytes: number
  readonly mapped: Mapped | Refused
}

/** The visible logical volumes of all groups of which a physical volume is there, by the newest text that any of them has. */
export function findLogical(members: readonly Member[]): readonly FoundLogical[] {
  const byUuid = new Map<string, readonly Member[]>()
  for (const member of members) byUuid.set(member.label.uuid, [...(byUuid.get(member.label.uuid) ?? []), member])
  return newestTexts(members).flatMap((text) => {
    const group = groupOf(text)
    return group === undefined ? [] : logicalOf(group, byUuid)
  })
}

function newestTexts(members: readonly Member[]): readonly Section[] {
  const newest = new Map<string, { readonly sequence: number; readonly text: Section }>()
  for (const text of members.flatMap(({ label }) => label.texts)) {
    const identity = identityOf(text)
    if (identity === undefined) continue
    if ((newest.get(identity.uuid)?.sequence ?? -1) < identity.sequence) {
      newest.set(identity.uuid, { sequence: identity.sequence, text })
    }
  }
  return [...newest.values()].map(({ text }) => text)
}

function logicalOf(group: Group, members: Members): readonly FoundLogical[] {
  const special = specialOf(group)
  return group.logical
    .filter(({ isVisible }) => isVisible)
    .map((volume) => ({
      group: group.name,
      name: volume.name,
      sizeBytes: volume.extents * group.extentBytes,
      mapped: refusedAs(volume, special) ?? mapLogical(group, volume, members),
    }))
}

function refusedAs(volume: LogicalVolume, special: ReadonlyMap<string, string>): Refused | undefined {
  const told = special.get(volume.name)
  if (told !== undefined) return { refusal: 'lvm-layout', told, disks: [] }
  const types = volume.segments.map((segment) => stringOf(segment, 'type') ?? '')
  // The pool itself holds blocks of its volumes, and nothing that a person would look for.
  const refusal: VolumeRefusal | undefined = types.includes('thin-pool') ? 'no-files' : undefined
  return refusal === undefined ? undefined : { refusal, told: 'a pool of thin volumes', disks: [] }
}

/**
 * Volumes that are not what their own segments hold: a snapshot's are the blocks that changed since, kept for it by a hidden
 * volume of type `snapshot`; and where a snapshot is being merged, its origin is part one and part the other.
 */
function specialOf(group: Group): ReadonlyMap<string, string> {
  const special = new Map<string, string>()
  for (const segment of group.logical.flatMap(({ segments }) => segments)) {
    if (stringOf(segment, 'type') !== 'snapshot') continue
    const [cow, merging] = [stringOf(segment, 'cow_store'), stringOf(segment, 'merging_store')]
    const origin = stringOf(segment, 'origin')
    if (cow !== undefined) special.set(cow, `a snapshot of ${origin ?? 'another volume'}`)
    if (merging !== undefined) special.set(merging, `a snapshot that is being merged into ${origin ?? 'its origin'}`)
    if (merging !== undefined && origin !== undefined) special.set(origin, `${merging} is being merged into it`)
  }
  return special
}
