import { Failure } from '../../../../shared/failure.ts'
import type { Volume } from '../../../../shared/files.ts'
import type { Point, PointId } from '../../../../shared/point.ts'
import { VolumeDraft } from '../../catalog/files/draft.ts'
import type { FileCatalog } from '../../catalog/files/file-catalog.ts'
import { tidyVolume } from '../../catalog/files/tidy.ts'
import type { Base } from '../../catalog/files/volumes.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import { type Extents, union } from '../../disk/extents.ts'
import type { FileSystem } from '../../guest/guest.ts'
import { type Walked, walkVolume } from './index-volume.ts'
import { type ChangedRanges, ReadSet } from './read-set.ts'
import { turns } from './turns.ts'

/** A volume whose every read of a disk is told. */
export type TracedVolume = {
  readonly volume: Volume
  readonly fileSystem: FileSystem
  /** The bytes of the volume, told as well; undefined where a reader has no such thing. */
  readonly disk: ReadableDisk | undefined
  /** Where it lies on which disks; equal texts mean equal places. Undefined where nobody can tell. */
  readonly place: string | undefined
}

/** What indexing needs of points and their files. */
export type IndexSource = {
  volumes(pointId: PointId, signal: AbortSignal): Promise<readonly Volume[]>
  trace<T>(
    pointId: PointId,
    volumeId: string,
    onRead: (disk: string, start: number, end: number) => void,
    signal: AbortSignal,
    work: (traced: TracedVolume) => Promise<T>,
  ): Promise<T>
  /** Ranges in which a disk differs between two points; undefined where no repository can tell. */
  changedSince(base: PointId, pointId: PointId, disk: string, signal: AbortSignal): Promise<Extents | undefined>
}

export type IndexOrder = {
  readonly catalog: FileCatalog
  readonly source: IndexSource
  readonly point: Pick<Point, 'id' | 'machineId' | 'createdAt'>
  /** Waits while the run is paused. */
  pass(): Promise<void>
  onVolume(volume: Volume, walked: Walked): void
}

/**
 * Makes the files of one point known, volume by volume: each is known at once or not at all, and the point when all of them are. What
 * nobody reads, or cannot be read, is counted as skipped. Fails as reading the point does.
 */
export async function indexPoint(order: IndexOrder, signal: AbortSignal): Promise<void> {
  const { catalog, source, point } = order
  catalog.write(({ points }) => points.begin(point.id, point.machineId, point.createdAt))
  let skipped = 0
  for (const volume of await source.volumes(point.id, signal)) {
    await order.pass()
    if (volume.refusal === 'no-files') continue
    if (!isIndexed(volume) || !(await indexVolume(order, volume, signal))) skipped++
  }
  catalog.write(({ points }) => points.finish(point.id, skipped))
}

/** A machine of libguestfs is not started for every point that is made. */
function isIndexed({ reader }: Volume): boolean {
  return reader === 'own' || reader === '7-zip'
}

/** False where the volume cannot be read. */
async function indexVolume(order: IndexOrder, volume: Volume, signal: AbortSignal): Promise<boolean> {
  try {
    await listVolume(order, volume, signal)
    return true
  } catch (thrown) {
    if (thrown instanceof Failure && aboutVolume.has(thrown.code)) return false
    throw thrown
  }
}

const aboutVolume: ReadonlySet<string> = new Set([
  'file-system-damaged',
  'tool-missing',
  'volume-locked',
  'volume-not-found',
  'volume-unsupported',
])

async function listVolume(order: IndexOrder, { id: volumeId, disks }: Volume, signal: AbortSignal): Promise<void> {
  const { catalog, source, point, pass } = order
  const known = catalog.read(({ points, volumes }) => ({
    point: points.get(point.id),
    volume: volumes.find(point.machineId, volumeId),
  }))
  if (known.point === undefined) throw new Failure('catalog-failed', 'The point was forgotten meanwhile')
  if (known.volume?.untidy || known.volume?.draft !== undefined)
    await turns(tidyVolume(catalog, known.volume.id), signal)
  const draft = VolumeDraft.begin(catalog, point.machineId, volumeId, known.point)
  if (draft === undefined) return
  const reads = new ReadSet(disks)
  const onRead = (disk: string, start: number, end: number): void => reads.add(disk, start, end)
  await source.trace(point.id, volumeId, onRead, signal, async (traced) => {
    const facts = await factsOf(point.id, traced, reads, signal)
    const changed = await changedRanges(source, draft.base, facts, signal)
    const isTraced = traced.volume.reader === 'own'
    const walk = { fileSystem: traced.fileSystem, draft, reads, changed, isTraced, pass, signal }
    order.onVolume(traced.volume, await walkVolume(walk))
    draft.finish(facts)
  })
}

type Facts = Omit<Base, 'number' | 'draft'>

async function factsOf(pointId: PointId, traced: TracedVolume, reads: ReadSet, signal: AbortSignal): Promise<Facts> {
  const { fileSystem, place, volume } = traced
  const overlaid = await overlaidRanges(traced, reads, signal)
  return { pointId, place, layout: fileSystem.layout, disks: volume.disks, overlaid }
}

const stepBytes = 128 * 1024
const mostOverlaid = 4096

/**
 * Where on its disks the ranges lie that a journal has changed: one byte is read of each of their blocks, and the disks tell
 * where that was. Undefined where that cannot be told.
 */
async function overlaidRanges(
  { fileSystem, disk }: TracedVolume,
  reads: ReadSet,
  signal: AbortSignal,
): Promise<Base['overlaid']> {
  const offsets = new Set<number>()
  for (const { start, end } of fileSystem.overlaid) {
    for (let at = start; at < end; at += stepBytes) offsets.add(at)
    offsets.add(end - 1)
    if (offsets.size > mostOverlaid) return undefined
  }
  if (offsets.size > 0 && disk === undefined) return undefined
  reads.clear()
  for (const offset of offsets) await disk?.read(offset, new Uint8Array(1), signal)
  const ranges = reads.ranges()
  reads.clear()
  return ranges
}

/** For each disk of the volume what may read otherwise than in the base; undefined where everything may. */
async function changedRanges(
  source: IndexSource,
  base: Base | undefined,
  now: Facts,
  signal: AbortSignal,
): Promise<ChangedRanges | undefined> {
  if (base === undefined || base.overlaid === undefined || now.overlaid === undefined) return undefined
  const isSame =
    base.layout === now.layout && base.place === now.place && base.disks.join('\0') === now.disks.join('\0')
  if (!isSame || now.place === undefined) return undefined
  const changed: Extents[] = []
  for (const [at, disk] of now.disks.entries()) {
    const ranges = await source.changedSince(base.pointId, now.pointId, disk, signal)
    if (ranges === undefined) return undefined
    const overlaid = [...base.overlaid, ...now.overlaid].filter(([of]) => of === at)
    changed.push(union([...ranges, ...overlaid.map(([, start, end]) => ({ start, end }))]))
  }
  return changed
}
