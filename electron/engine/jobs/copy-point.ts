import { Failure } from '../../../shared/failure.ts'
import type { Point, PointId } from '../../../shared/point.ts'
import { MiB } from '../../../shared/units.ts'
import { forEachParallel } from '../base/parallel.ts'
import { cut, type Extents, total } from '../disk/extents.ts'
import type { DiskBatch, DiskDraft, PointDisk, PointDraft, PointFacts, Repository } from '../repository/repository.ts'
import { isDamage, plan } from './backup-disk.ts'
import type { Step } from './step.ts'

type Manifest = Awaited<ReturnType<Repository['manifest']>>

/** The two repositories, and the point that both have and that the copy is built upon. */
type Way = { readonly from: Repository; readonly to: Repository; readonly base: PointId | undefined }

const writesAtOnce = 8
/** A draft whose lease was taken for dead finds everything that it stored when it begins again. */
const attempts = 3

/**
 * One point into another repository. What its machine's newest point that both have holds already is neither read nor sent,
 * ranges of zeroes are not read. Fails with `object-damaged`, `object-missing` or `pack-missing` where `from` cannot be read.
 */
export async function copyPoint(step: Step, from: Repository, to: Repository, point: Point): Promise<void> {
  const manifest = await from.manifest(point.id, step.signal)
  let way: Way = { from, to, base: baseOf(from, to, point) }
  for (let attempt = 1; ; attempt++) {
    try {
      return await copyBy(step, way, manifest)
    } catch (thrown) {
      // It may be the base that is damaged, here or there: without one the point is read whole.
      if (isDamage(thrown) && way.base !== undefined) way = { ...way, base: undefined }
      else if (!isLeaseLost(thrown) || attempt === attempts) throw thrown
    }
  }
}

/** Of the points of the machine that both have the newest before this one, else the one that came next. */
function baseOf(from: Repository, to: Repository, { id, machineId, createdAt }: Point): PointId | undefined {
  const held = new Map(to.points().map((each) => [each.id, each]))
  const both = from.points().filter((each) => {
    const copy = held.get(each.id)
    return each.id !== id && each.machineId === machineId && copy?.createdAt === each.createdAt
  })
  const inOrder = both.toSorted((one, other) => one.createdAt - other.createdAt)
  return (inOrder.findLast((each) => each.createdAt <= createdAt) ?? inOrder[0])?.id
}

async function copyBy(step: Step, way: Way, manifest: Manifest): Promise<void> {
  const { pointId: id, machineId } = manifest
  await using draft = way.to.beginPoint(id, machineId)
  const sent = sentBefore(step)
  const tell = (): void => {
    step.meter.set('bytesSent', sent.bytesSent + draft.numbers.bytesSent)
    step.meter.set('bytesStored', sent.bytesStored + draft.numbers.bytesStored)
  }
  try {
    for (const disk of manifest.disks) await copyDisk(step, way, draft, id, disk, tell)
    const facts = await factsOf(step, way.from, draft, manifest)
    await way.to.refresh(step.signal)
    if (isHeld(way.to, id)) return
    await step.meter.waiting('repository', draft.commit(facts, step.signal))
  } catch (thrown) {
    if (!isConflict(thrown) || !isHeld(way.to, id)) throw thrown
  } finally {
    tell()
  }
}

function sentBefore({ meter }: Step): PointDraft['numbers'] {
  return { bytesSent: meter.count('bytesSent'), bytesStored: meter.count('bytesStored') }
}

async function copyDisk(
  step: Step,
  { from, to, base }: Way,
  draft: PointDraft,
  pointId: PointId,
  { name, sizeBytes }: Manifest['disks'][number],
  tell: () => void,
): Promise<void> {
  const { signal } = step
  const built = (await hasDisk(from, base, name, signal)) ? base : undefined
  const changed = built === undefined ? undefined : await from.changedSince(built, pointId, name, signal)
  const target = await draft.addDisk({ name, sizeBytes, base: built }, signal)
  await using source = await from.openDisk(pointId, name, signal)
  const allocated = await step.meter.waiting('source', source.allocated(signal))
  const { toRead, toZero } = plan(changed, allocated, sizeBytes, to.chunkBytes)
  target.zero(toZero)
  step.meter.add('bytesTotal', total(toRead))
  await forEachParallel(batches(source, toRead, from, to, signal), writesAtOnce, async ({ offset, bytes }) => {
    await step.pass(signal)
    step.meter.add('bytesRead', bytes.length)
    await step.meter.waiting('processing', writeTo(target, offset, bytes, signal))
    tell()
  })
}

async function hasDisk(
  from: Repository,
  base: PointId | undefined,
  name: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (base === undefined) return false
  const { disks } = await from.manifest(base, signal)
  return disks.some((disk) => disk.name === name)
}

/** On one grid in the order of packs; between two grids in the order of the disk, in whole chunks of `to`. */
function batches(
  source: PointDisk,
  toRead: Extents,
  from: Repository,
  to: Repository,
  signal: AbortSignal,
): AsyncIterable<DiskBatch> {
  if (from.chunkBytes === to.chunkBytes) return source.scan(toRead, signal)
  return inOrder(source, toRead, Math.max(MiB, to.chunkBytes), signal)
}

async function* inOrder(
  source: PointDisk,
  toRead: Extents,
  batchBytes: number,
  signal: AbortSignal,
): AsyncGenerator<DiskBatch> {
  for (const { start, end } of cut(toRead, batchBytes)) {
    const bytes = new Uint8Array(end - start)
    await source.read(start, bytes, signal)
    yield { offset: start, bytes }
  }
}

/** What was read is a view on what others still read, and what is written is given away. */
function writeTo(target: DiskDraft, offset: number, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
  return target.write(offset, Uint8Array.from(bytes), signal)
}

/** All that the point says of its machine and its making stays as it was. */
async function factsOf(step: Step, from: Repository, draft: PointDraft, manifest: Manifest): Promise<PointFacts> {
  const { pointId, machineId, machineName, createdAt, method, consistency, freezeMs, bytesRead, warnings } = manifest
  const attachments: PointFacts['attachments'] = []
  for (const reference of manifest.attachments) {
    const bytes = await from.attachment(reference, step.signal)
    attachments.push(await draft.addAttachment(reference.role, reference.path, bytes, step.signal))
  }
  return {
    id: pointId,
    machineId,
    machineName,
    createdAt,
    method,
    consistency,
    ...(freezeMs === undefined ? {} : { freezeMs }),
    disks: manifest.disks.map(({ mapRoot: _, ...disk }) => disk),
    bytesRead,
    warnings,
    definition: manifest.definition,
    checkpoint: manifest.checkpoint,
    attachments,
  }
}

/** Another engine copied it meanwhile, and somebody may have deleted it there since. */
function isHeld(to: Repository, id: PointId): boolean {
  return [...to.points(), ...to.trash().map(({ point }) => point)].some((point) => point.id === id)
}

function isConflict(thrown: unknown): boolean {
  return thrown instanceof Failure && thrown.code === 'object-conflict'
}

function isLeaseLost(thrown: unknown): boolean {
  return thrown instanceof Failure && thrown.code === 'lease-lost'
}
