import type { MachineId } from '../../../shared/machine.ts'
import type { DiskReading, Method, Point, PointDisk, PointId } from '../../../shared/point.ts'
import { MiB } from '../../../shared/units.ts'
import { forEachParallel } from '../base/parallel.ts'
import { alignTo, clip, cut, type Extent, type Extents, intersect, subtract, total } from '../disk/extents.ts'
import type { BackupSession, BasePoint, Hypervisor, SessionDisk } from '../hypervisor/hypervisor.ts'
import type { DiskDraft, PointDraft, PointFacts, Repository } from '../repository/repository.ts'
import type { Step } from './step.ts'

export type BackupOrder = {
  readonly machineId: MachineId
  readonly method: Method
  /** Of the point to be made. */
  readonly pointId: PointId
  readonly repository: Repository
  readonly hypervisor: Hypervisor
}

/** How much one read asks for, and how many are under way: enough to keep every core of the pool busy, little in memory. */
const batchBytes = 1 * MiB
const readsAtOnce = 8

/** Checkpoints older than this many points are not looked for: each look costs a manifest. */
const basesLookedAt = 16

/**
 * One machine to one point.
 *
 * The checkpoint is kept last: until the point is safe in the repository, the next backup must
 * still be able to build on the previous one.
 */
export async function backUp(step: Step, order: BackupOrder): Promise<Point> {
  const { machineId, pointId, method, repository } = order
  await repository.refresh(step.signal)
  const history = repository.points().filter((point) => point.machineId === machineId)
  const bases = await basesOf(order, history, step.signal)
  const request = { machineId, pointId, method, repositoryId: repository.id, bases }
  await using session = await step.meter.waiting('source', order.hypervisor.beginBackup(request, step.signal))
  const signal = AbortSignal.any([step.signal, session.lost])
  try {
    const point = await fillPoint(step, order, session, history, signal)
    await keep(step, session)
    return point
  } catch (thrown) {
    // What fails after the guest is gone fails because the guest is gone: that is the cause to tell.
    if (session.lost.aborted && !step.signal.aborted) throw session.lost.reason
    throw thrown
  }
}

async function fillPoint(
  step: Step,
  order: BackupOrder,
  session: BackupSession,
  history: readonly Point[],
  signal: AbortSignal,
): Promise<Point> {
  await using draft = order.repository.beginPoint(order.pointId, order.machineId)
  const readings = session.disks.map((disk) => readingOf(disk, order.method, history))
  step.say(readings)
  for (const warning of session.warnings) step.warn(warning)
  const disks: PointDisk[] = []
  for (const [at, disk] of session.disks.entries()) {
    const reading = readings[at] as DiskReading
    const bytesRead = await backUpDisk(step, disk, draft, order.repository.chunkBytes, signal)
    disks.push({ ...reading, sizeBytes: disk.disk.sizeBytes, bytesRead, format: disk.format })
  }
  const attachments: PointFacts['attachments'] = []
  for (const { role, path, bytes } of session.attachments) {
    attachments.push(await draft.addAttachment(role, path, bytes, signal))
  }
  const facts: PointFacts = {
    id: order.pointId,
    machineId: order.machineId,
    machineName: session.machineName,
    createdAt: session.takenAt,
    method: order.method,
    consistency: session.consistency,
    ...(session.freezeMs === undefined ? {} : { freezeMs: session.freezeMs }),
    disks,
    bytesRead: disks.reduce((sum, disk) => sum + disk.bytesRead, 0),
    warnings: [...session.warnings],
    definition: session.definition,
    checkpoint: session.checkpoint,
    attachments,
  }
  const point = await step.meter.waiting('repository', draft.commit(facts, signal))
  tellNumbers(step, draft)
  return point
}

/** The point is acknowledged by now: neither a cancel nor a host that went away may take that back. */
async function keep(step: Step, session: BackupSession): Promise<void> {
  try {
    await session.keepCheckpoint(new AbortController().signal)
  } catch (thrown) {
    step.log.warn('checkpoint not kept', { problem: String(thrown) })
    step.warn('The hypervisor did not keep the new checkpoint; the next backup may read the whole machine.')
  }
}

/** Points whose checkpoints may lead to an increment, newest first. */
async function basesOf(
  order: BackupOrder,
  history: readonly Point[],
  signal: AbortSignal,
): Promise<readonly BasePoint[]> {
  if (order.method === 'full') return []
  const fit = order.method === 'differential' ? history.filter(wasReadWhole) : history
  const newest = fit.toReversed().slice(0, basesLookedAt)
  return Promise.all(
    newest.map(async (point) => {
      const { checkpoint } = await order.repository.manifest(point.id, signal)
      return { id: point.id, checkpoint, disks: point.disks }
    }),
  )
}

/** Whatever was asked for: the first point is read whole, and so is one whose bitmaps were all lost. */
function wasReadWhole(point: Point): boolean {
  return point.disks.every((disk) => disk.how !== 'bitmap')
}

function readingOf(disk: SessionDisk, method: Method, history: readonly Point[]): DiskReading {
  const { name, cause, why } = disk
  if (disk.increment !== undefined) return { name, how: 'bitmap', cause, why }
  const known = history.some((point) => point.disks.some((before) => before.name === name))
  if (known) return { name, how: method === 'full' ? 'full' : 'compare', cause, why }
  if (history.length > 0) return { name, how: 'full', cause: 'disk-added', why: `${name} is new since the last point.` }
  return { name, how: 'full', cause: 'first-point', why: `No point of ${name} exists in this repository yet.` }
}

/** Answers the bytes read. Chunks that the repository holds already are read and recognised, never stored twice. */
async function backUpDisk(
  step: Step,
  source: SessionDisk,
  draft: PointDraft,
  chunkBytes: number,
  signal: AbortSignal,
): Promise<number> {
  const { sizeBytes } = source.disk
  const base = source.increment?.basePoint
  const target = await draft.addDisk({ name: source.name, sizeBytes, base }, signal)
  const allocated = await step.meter.waiting('source', source.disk.allocated(signal))
  const { toRead, toZero } = plan(source.increment?.changed, allocated, sizeBytes, chunkBytes)
  target.zero(toZero)
  step.meter.add('bytesTotal', total(toRead))
  await forEachParallel(cut(toRead, batchBytes), readsAtOnce, async (range) => {
    await copyRange(step, source, target, range, signal)
    tellNumbers(step, draft)
  })
  return total(toRead)
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

function tellNumbers(step: Step, draft: PointDraft): void {
  step.meter.set('bytesSent', draft.numbers.bytesSent)
  step.meter.set('bytesStored', draft.numbers.bytesStored)
}
