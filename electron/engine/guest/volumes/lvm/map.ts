import { createHash } from 'node:crypto'
import type { VolumeRefusal } from '../../../../../shared/files.ts'
import type { ReadableDisk } from '../../../disk/disk.ts'
import { type Extent, type Extents, union } from '../../../disk/extents.ts'
import { mappedDisk, type Run, shifted } from '../../../disk/mapped-disk.ts'
import type { Group, LogicalVolume, PhysicalVolume } from './group.ts'
import { listOf, numberOf, type Section, stringOf } from './text.ts'

/** A disk that was put together or cut out, the names of the point's disks below it, and where on them it lies. */
export type PhysicalDisk = { readonly disk: ReadableDisk; readonly disks: readonly string[]; readonly place: string }

/** Physical volumes by their id without dashes; of several with one id none can be chosen. */
export type Members = ReadonlyMap<string, readonly PhysicalDisk[]>

export type Mapped = PhysicalDisk
export type Refused = { readonly refusal: VolumeRefusal; readonly told: string; readonly disks: readonly string[] }

type Stripe = PhysicalDisk & { readonly start: number }
type Segment = Extent & { readonly stripes: readonly Stripe[]; readonly stripeBytes: number }

/** A logical volume as a disk: linear and striped segments in any mixture. Everything else is refused with its reason. */
export function mapLogical(group: Group, volume: LogicalVolume, members: Members): Mapped | Refused {
  const segments: Segment[] = []
  const disks = new Set<string>()
  for (const section of volume.segments) {
    const segment = segmentOf(group, section, members)
    if ('refusal' in segment) return { ...segment, disks: [...disks] }
    for (const stripe of segment.stripes) for (const name of stripe.disks) disks.add(name)
    segments.push(segment)
  }
  const sizeBytes = volume.extents * group.extentBytes
  const last = segments.at(-1)
  if (!volume.isWhole || last?.end !== sizeBytes || !Number.isSafeInteger(sizeBytes)) {
    return { ...refuse('damaged', 'its segments do not make up a volume'), disks: [...disks] }
  }
  const runAt = (offset: number): Run => runOf(segmentAt(segments, offset), offset)
  return {
    disk: mappedDisk({ sizeBytes, runAt, allocated: (signal) => allocatedIn(segments, signal) }),
    disks: [...disks],
    place: placeOf(segments),
  }
}

function placeOf(segments: readonly Segment[]): string {
  const hash = createHash('sha256')
  for (const { start, end, stripes, stripeBytes } of segments) {
    const lies = stripes.map((stripe) => [stripe.place, stripe.start])
    hash.update(JSON.stringify([start, end, stripeBytes, lies]))
  }
  return hash.digest('hex')
}

type Why = Omit<Refused, 'disks'>

function refuse(refusal: VolumeRefusal, told: string): Why {
  return { refusal, told }
}

function segmentOf(group: Group, section: Section, members: Members): Segment | Why {
  const type = stringOf(section, 'type') ?? ''
  const start = (numberOf(section, 'start_extent') ?? 0) * group.extentBytes
  const end = start + (numberOf(section, 'extent_count') ?? 0) * group.extentBytes
  if (type === 'zero') return { start, end, stripes: [], stripeBytes: end - start }
  if (/^thin/.test(type)) return refuse('thin-volume', `a segment of type ${type}`)
  if (type !== 'striped' && type !== 'linear') return refuse('lvm-layout', `a segment of type ${type}`)
  return stripedOf(group, section, { start, end }, members)
}

function stripedOf(group: Group, section: Section, { start, end }: Extent, members: Members): Segment | Why {
  const places = placesOf(section)
  const eachBytes = (end - start) / places.length
  const stripeBytes = places.length === 1 ? eachBytes : (numberOf(section, 'stripe_size') ?? 0) * 512
  const isEven = eachBytes > 0 && eachBytes % group.extentBytes === 0 && eachBytes % stripeBytes === 0
  if (places.length === 0 || places.length !== numberOf(section, 'stripe_count') || !isEven) {
    return refuse('damaged', 'a segment whose stripes do not add up')
  }
  const stripes: Stripe[] = []
  for (const { name, extent } of places) {
    const stripe = stripeOf(group, { name, extent, extents: eachBytes / group.extentBytes }, members)
    if ('refusal' in stripe) return stripe
    stripes.push(stripe)
  }
  return { start, end, stripes, stripeBytes }
}

type Place = { readonly name: string; readonly extent: number }

/** `["pv0", 0, "pv1", 12]` */
function placesOf(section: Section): readonly Place[] {
  const list = listOf(section, 'stripes')
  return Array.from({ length: Math.floor(list.length / 2) }, (_, index) => {
    const [name, extent] = [list[index * 2], list[index * 2 + 1]]
    return { name: typeof name === 'string' ? name : '', extent: typeof extent === 'number' ? extent : -1 }
  })
}

function stripeOf(group: Group, place: Place & { readonly extents: number }, members: Members): Stripe | Why {
  const volume = group.physical.get(place.name)
  if (volume === undefined) return refuse('damaged', `there is no physical volume ${place.name}`)
  const [member, another] = members.get(volume.uuid) ?? []
  if (member === undefined)
    return refuse('disk-missing', `the physical volume ${volume.uuid} is on no disk of this point`)
  if (another !== undefined) return refuse('lvm-layout', `two disks claim to be the physical volume ${volume.uuid}`)
  return isOn(volume, place, group.extentBytes, member.disk.sizeBytes)
    ? { ...member, start: volume.startBytes + place.extent * group.extentBytes }
    : refuse('damaged', `a segment lies behind the end of ${place.name}`)
}

function isOn(
  volume: PhysicalVolume,
  place: { readonly extent: number; readonly extents: number },
  extentBytes: number,
  diskBytes: number,
): boolean {
  const end = place.extent + place.extents
  if (!Number.isSafeInteger(end) || place.extent < 0 || end > volume.extents) return false
  return volume.startBytes + end * extentBytes <= diskBytes
}

function segmentAt(segments: readonly Segment[], offset: number): Segment {
  let [low, high] = [0, segments.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((segments[middle]?.start ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  const found = segments[low]
  if (found === undefined) throw new RangeError(`${offset} lies in no segment`)
  return found
}

function runOf(segment: Segment, offset: number): Run {
  const within = offset - segment.start
  if (segment.stripes.length === 0) return { disk: undefined, at: 0, lengthBytes: segment.end - offset }
  const stripe = Math.floor(within / segment.stripeBytes)
  const inStripe = within % segment.stripeBytes
  const { disk, start } = segment.stripes[stripe % segment.stripes.length] ?? { disk: undefined, start: 0 }
  const row = Math.floor(stripe / segment.stripes.length)
  return { disk, at: start + row * segment.stripeBytes + inStripe, lengthBytes: segment.stripeBytes - inStripe }
}

/** Of linear segments what their disks say; a striped one counts whole. */
async function allocatedIn(segments: readonly Segment[], signal: AbortSignal): Promise<Extents> {
  const told = new Map<ReadableDisk, Extents>()
  const all: Extent[] = []
  for (const { start, end, stripes } of segments) {
    const [only, ...others] = stripes
    if (only === undefined) continue
    if (others.length > 0) {
      all.push({ start, end })
      continue
    }
    const extents = told.get(only.disk) ?? (await only.disk.allocated(signal))
    told.set(only.disk, extents)
    all.push(...shifted(extents, { start: only.start, end: only.start + end - start }, start))
  }
  return union(all)
}
