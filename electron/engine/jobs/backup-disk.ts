import { Failure } from '../../../shared/failure.ts'
import type { DiskReading, PointDisk } from '../../../shared/point.ts'
import { MiB } from '../../../shared/units.ts'
import { forEachParallel } from '../base/parallel.ts'
import { alignTo, clip, cut, type Extent, type Extents, intersect, subtract, total } from '../disk/extents.ts'
import type { SessionDisk } from '../hypervisor/hypervisor.ts'
import type { DiskDraft, PointDraft } from '../repository/repository.ts'
import type { Step } from './step.ts'

/** How much one read asks for, and how many are under way: enough to keep every core of the pool busy, little in memory. */
const batchBytes = 1 * MiB
const readsAtOnce = 8

type Target = { readonly draft: DiskDraft; readonly changed: Extents | undefined; readonly reading: DiskReading }

/**
 * One disk of a session into the point. Chunks that the repository holds already are read and recognised, never stored
 * twice. Answers the disk with how it was read in the end; `reading` is how it was meant to be read.
 */
export async function backUpDisk(
  step: Step,
  source: SessionDisk,
  draft: PointDraft,
  reading: DiskReading,
  chunkBytes: number,
  signal: AbortSignal,
): Promise<PointDisk> {
  const { sizeBytes } = source.disk
  const target = await openTarget(source, draft, reading, signal)
  const allocated = await step.meter.waiting('source', source.disk.allocated(signal))
  const { toRead, toZero } = plan(target.changed, allocated, sizeBytes, chunkBytes)
  target.draft.zero(toZero)
  step.meter.add('bytesTotal', total(toRead))
  await forEachParallel(cut(toRead, batchBytes), readsAtOnce, async (range) => {
    await step.pass(signal)
    await copyRange(step, source, target.draft, range, signal)
    tellNumbers(step, draft)
  })
  return { ...target.reading, sizeBytes, bytesRead: total(toRead), format: source.format }
}

/** A base that is damaged in the repository is no base: the disk is read whole, which stores again what was lost. */
async function openTarget(
  source: SessionDisk,
  draft: PointDraft,
  reading: DiskReading,
  signal: AbortSignal,
): Promise<Target> {
  const disk = { name: source.name, sizeBytes: source.disk.sizeBytes }
  const { increment } = source
  if (increment === undefined) {
    return { draft: await draft.addDisk({ ...disk, base: undefined }, signal), changed: undefined, reading }
  }
  try {
    const built = await draft.addDisk({ ...disk, base: increment.basePoint }, signal)
    return { draft: built, changed: increment.changed, reading }
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown
    const why = `The point that ${source.name} would build on is damaged in the repository (${thrown.message}).`
    const whole = { name: source.name, how: 'compare', cause: 'base-point-missing', why } as const
    return { draft: await draft.addDisk({ ...disk, base: undefined }, signal), changed: undefined, reading: whole }
  }
}

/** True for failures of single objects of a repository that is otherwise there. */
export function isDamage(thrown: unknown): thrown is Failure {
  return thrown instanceof Failure && ['object-damaged', 'object-missing', 'pack-missing'].includes(thrown.code)
}

/**
 * One changed byte brings its whole chunk along. A chunk that changed but holds no allocated byte any more was trimmed:
 * it is zero and needs no read.
 */
export function plan(
  changed: Extents | undefined,
  allocated: Extents,
  sizeBytes: number,
  chunkBytes: number,
): { readonly toRead: Extents; readonly toZero: Extents } {
  const whole = clip(alignTo(allocated, chunkBytes), sizeBytes)
  if (changed === undefined) return { toRead: whole, toZero: [] }
  const touched = clip(alignTo(changed, chunkBytes), sizeBytes)
  return { toRead: intersect(touched, whole), toZero: subtract(touched, whole) }
}

async function copyRange(
  step: Step,
  source: SessionDisk,
  target: DiskDraft,
  range: Extent,
  signal: AbortSignal,
): Promise<void> {
  const bytes = new Uint8Array(range.end - range.start)
  await step.meter.waiting('source', source.disk.read(range.start, bytes, signal))
  step.meter.add('bytesRead', bytes.length)
  await step.meter.waiting('processing', target.write(range.start, bytes, signal))
}

export function tellNumbers(step: Step, draft: PointDraft): void {
  step.meter.set('bytesSent', draft.numbers.bytesSent)
  step.meter.set('bytesStored', draft.numbers.bytesStored)
}
