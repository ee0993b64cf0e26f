import type { ContentKind, Volume, VolumeReader, VolumeRefusal } from '../../../../shared/files.ts'
import { hasProgram } from '../../base/run.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import { slice } from '../../disk/mapped-disk.ts'
import type { Cut } from './cut.ts'
import { detect, ownKinds, sevenZipKinds } from './detect.ts'
import { readLabel } from './lvm/label.ts'
import { type FoundLogical, findLogical, type Member } from './lvm/lvm.ts'
import type { Content } from './signatures.ts'
import { readTable } from './table.ts'

export type NamedDisk = { readonly name: string; readonly disk: ReadableDisk }

/**
 * `disk` is absent where the bytes of the volume cannot be put together; it owns none of the disks it lies on. `place` says where on
 * them it lies: of two points with the same one, the same bytes of the disks are the same bytes of the volume.
 */
export type FoundVolume = { readonly volume: Volume; readonly disk: ReadableDisk | undefined; readonly place: string }

/**
 * Everything on the disks of a machine on which files could lie: partitions, disks that are not cut, logical volumes. What
 * nobody reads is told too, with the reason. Fails only as reading the disks does: damage is told of the volume it concerns.
 */
export async function findVolumes(disks: readonly NamedDisk[], signal: AbortSignal): Promise<readonly FoundVolume[]> {
  const found: FoundVolume[] = []
  for (const named of disks) found.push(...(await findOnDisk(named, signal)))
  const all = distinct([...found, ...(await findInGroups(found, signal))])
  const isWanted = all.some(({ volume }) => volume.refusal === 'needs-libguestfs')
  return isWanted && (await hasProgram('guestfish')) ? all.map(readByLibguestfs) : all
}

function readByLibguestfs(found: FoundVolume): FoundVolume {
  if (found.volume.refusal !== 'needs-libguestfs') return found
  const { refusal: _, ...volume } = found.volume
  return { ...found, volume: { ...volume, reader: 'libguestfs' } }
}

async function findOnDisk({ name, disk }: NamedDisk, signal: AbortSignal): Promise<readonly FoundVolume[]> {
  const table = await readTable(disk, signal)
  const place: Place = { id: name, kind: 'disk', disks: [name], name: undefined, sizeBytes: disk.sizeBytes }
  if (table.kind === 'whole') return [describe(place, table.content, disk, name)]
  if (table.kind === 'damaged') return [refused(place, 'unknown', 'damaged', table.told)]
  const found: FoundVolume[] = []
  for (const cut of table.cuts) found.push(await findInCut(place, cut, table.told, disk, signal))
  return found
}

async function findInCut(
  whole: Place,
  cut: Cut,
  told: string | undefined,
  disk: ReadableDisk,
  signal: AbortSignal,
): Promise<FoundVolume> {
  const sizeBytes = cut.end - cut.start
  const place: Place = { ...whole, id: `${whole.id}/${cut.number}`, kind: 'partition', name: cut.name, sizeBytes }
  if (cut.wrong !== undefined) return refused(place, 'unknown', 'damaged', cut.wrong)
  const part = slice(disk, cut.start, sizeBytes)
  const content = await detect(part, signal)
  const why = [content.told, told].filter((text) => text !== undefined).join('; ')
  const lies = `${whole.id}@${cut.start}+${sizeBytes}`
  return describe(place, why === '' ? content : { ...content, told: why }, part, lies)
}

async function findInGroups(found: readonly FoundVolume[], signal: AbortSignal): Promise<readonly FoundVolume[]> {
  const members: Member[] = []
  for (const { volume, disk, place } of found) {
    if (volume.content !== 'lvm2-member' || disk === undefined) continue
    const label = await readLabel(disk, signal)
    if (label !== undefined) members.push({ label, disk, disks: volume.disks, place })
  }
  const volumes: FoundVolume[] = []
  for (const logical of findLogical(members)) volumes.push(await describeLogical(logical, signal))
  return volumes
}

async function describeLogical(logical: FoundLogical, signal: AbortSignal): Promise<FoundVolume> {
  const { mapped, sizeBytes } = logical
  const id = `${logical.group}/${logical.name}`
  const place: Place = { id, kind: 'logical-volume', disks: mapped.disks, name: id, sizeBytes }
  if ('refusal' in mapped) return refused(place, 'unknown', mapped.refusal, mapped.told)
  return describe(place, await detect(mapped.disk, signal), mapped.disk, mapped.place)
}

type Place = {
  readonly id: string
  readonly kind: Volume['kind']
  readonly disks: readonly string[]
  readonly name: string | undefined
  readonly sizeBytes: number
}

function refused(place: Place, content: ContentKind, refusal: VolumeRefusal, told: string): FoundVolume {
  return { volume: { ...common(place, content), refusal, told }, disk: undefined, place: '' }
}

function describe(place: Place, content: Content, disk: ReadableDisk, lies: string): FoundVolume {
  const { label, uuid, told } = content
  const reader = readerOf(content.kind)
  const volume: Volume = {
    ...common(place, content.kind),
    ...(label === undefined ? {} : { label }),
    ...(uuid === undefined ? {} : { uuid }),
    ...(told === undefined ? {} : { told }),
    ...(reader === undefined ? { refusal: refusals[content.kind] ?? 'unknown-content' } : { reader }),
  }
  return { volume, disk, place: lies }
}

function readerOf(kind: ContentKind): VolumeReader | undefined {
  if (ownKinds.has(kind)) return 'own'
  return sevenZipKinds.has(kind) ? '7-zip' : undefined
}

function common(place: Place, content: ContentKind): Volume {
  const { id, kind, disks, name, sizeBytes } = place
  return { id, kind, disks: [...disks], ...(name === undefined ? {} : { name }), sizeBytes, content, notes: [] }
}

const refusals: Partial<Record<ContentKind, VolumeRefusal>> = {
  btrfs: 'needs-libguestfs',
  swap: 'no-files',
  'lvm2-member': 'no-files',
  empty: 'no-files',
  luks: 'encrypted',
  bitlocker: 'encrypted',
  'raid-member': 'raid',
}

/** Two groups of one name, or a group called as a disk is: the later ones are told apart by a number. */
function distinct(found: readonly FoundVolume[]): readonly FoundVolume[] {
  const taken = new Map<string, number>()
  return found.map((each) => {
    const times = (taken.get(each.volume.id) ?? 0) + 1
    taken.set(each.volume.id, times)
    return times === 1 ? each : { ...each, volume: { ...each.volume, id: `${each.volume.id}#${times}` } }
  })
}
