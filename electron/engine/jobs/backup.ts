import type { MachineId } from '../../../shared/machine.ts'
import type { DiskReading, Method, Point, PointDisk, PointId } from '../../../shared/point.ts'
import { sentence } from '../../../shared/sentences.ts'
import type { BackupSession, BasePoint, Hypervisor, SessionDisk } from '../hypervisor/hypervisor.ts'
import type { PointFacts, Repository } from '../repository/repository.ts'
import { backUpDisk, isDamage, tellNumbers } from './backup-disk.ts'
import type { Step } from './step.ts'

export type BackupOrder = {
  readonly machineId: MachineId
  readonly method: Method
  /** Of the point to be made. */
  readonly pointId: PointId
  readonly repository: Repository
  readonly hypervisor: Hypervisor
  /** Names of disks that are left out by choice. */
  readonly excluded: readonly string[]
  /** Ask the guest's agent to quiesce. */
  readonly freeze: boolean
}

/** Checkpoints older than this many points are not looked for: each look costs a manifest. */
const basesLookedAt = 16

/**
 * One machine to one point.
 *
 * The checkpoint is kept last: until the point is safe in the repository, the next backup must
 * still be able to build on the previous one.
 */
export async function backUp(step: Step, order: BackupOrder): Promise<Point> {
  const { machineId, pointId, method, repository, excluded, freeze } = order
  await repository.refresh(step.signal)
  const history = repository.points().filter((point) => point.machineId === machineId)
  const bases = await basesOf(order, history, step.signal)
  const request = { machineId, pointId, method, repositoryId: repository.id, bases, excluded, freeze }
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
    disks.push(await backUpDisk(step, disk, draft, reading, order.repository.chunkBytes, signal))
    step.say([...disks.map(readOf), ...readings.slice(at + 1)])
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
    step.warn(sentence('checkpoint-not-kept'))
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
  const bases = await Promise.all(newest.map((point) => baseOf(order.repository, point, signal)))
  return bases.filter((base) => base !== undefined)
}

/** A point whose manifest cannot be read is no base; what is wrong with it is the verification's to say. */
async function baseOf(repository: Repository, point: Point, signal: AbortSignal): Promise<BasePoint | undefined> {
  try {
    const { checkpoint } = await repository.manifest(point.id, signal)
    return { id: point.id, checkpoint, disks: point.disks }
  } catch (thrown) {
    if (isDamage(thrown)) return undefined
    throw thrown
  }
}

/** Whatever was asked for: the first point is read whole, and so is one whose bitmaps were all lost. */
function wasReadWhole(point: Point): boolean {
  return point.disks.every((disk) => disk.how !== 'bitmap')
}

function readOf({ name, how, cause, why }: PointDisk): DiskReading {
  return { name, how, cause, why }
}

function readingOf(disk: SessionDisk, method: Method, history: readonly Point[]): DiskReading {
  const { name, cause, why } = disk
  if (disk.increment !== undefined) return { name, how: 'bitmap', cause, why }
  const known = history.some((point) => point.disks.some((before) => before.name === name))
  if (known) return { name, how: method === 'full' ? 'full' : 'compare', cause, why }
  if (history.length > 0) return { name, how: 'full', cause: 'disk-added', why: `${name} is new since the last point.` }
  return { name, how: 'full', cause: 'first-point', why: `No point of ${name} exists in this repository yet.` }
}
