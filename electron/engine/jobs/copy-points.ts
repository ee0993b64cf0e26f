import { Failure } from '../../../shared/failure.ts'
import { catalogMachineId } from '../../../shared/machine.ts'
import type { Point, PointId } from '../../../shared/point.ts'
import { sentence } from '../../../shared/sentences.ts'
import type { Repository } from '../repository/repository.ts'
import { isDamage } from './backup-disk.ts'
import { copyPoint } from './copy-point.ts'
import type { Step } from './step.ts'

export type CopyOrder = {
  readonly from: Repository
  readonly to: Repository
  /** All points of machines when undefined. */
  readonly pointIds: readonly PointId[] | undefined
  /** Called when another point is safe in `to`. */
  onPoint(): void
}

/**
 * Copies the points that `to` does not have, oldest first, each under its own id: only what is missing travels. A copying that
 * is cut off leaves whole points, and goes on with the others the next time. A point that cannot be read does not keep back the
 * others; it is said, and fails the run with `repository-damaged` at the end. Points that lie in the trash of `to` were deleted
 * there by somebody and are left alone. Answers how many were copied. Fails with `point-not-found` before anything is copied.
 */
export async function copyPoints(step: Step, order: CopyOrder): Promise<number> {
  const { from, to, onPoint } = order
  for (const repository of [from, to]) await repository.refresh(step.signal)
  const unreadable: string[] = []
  let copied = 0
  for (const point of missingPoints(order)) {
    try {
      await copyPoint(step, from, to, point)
    } catch (thrown) {
      if (!isDamage(thrown)) throw thrown
      const values = { machine: point.machineName, moment: momentOf(point), message: thrown.message }
      step.warn(sentence('point-unreadable', values))
      unreadable.push(point.id)
      continue
    }
    await copyNote(from, to, point.id, step.signal)
    step.came({ count: ++copied })
    onPoint()
  }
  if (unreadable.length === 0) return copied
  throw new Failure('repository-damaged', `${unreadable.length} points of ${from.title} cannot be read whole`)
}

function missingPoints({ from, to, pointIds }: CopyOrder): readonly Point[] {
  const held = new Set([...to.points(), ...to.trash().map(({ point }) => point)].map(({ id }) => id))
  const oldestFirst = from.points().toSorted((one, other) => one.createdAt - other.createdAt)
  if (pointIds === undefined) {
    return oldestFirst.filter(({ id, machineId }) => !held.has(id) && machineId !== catalogMachineId)
  }
  const there = new Set(oldestFirst.map(({ id }) => id))
  const lost = pointIds.find((id) => !there.has(id) && !held.has(id))
  if (lost !== undefined) throw new Failure('point-not-found', `${from.title} has no point ${lost}`)
  return oldestFirst.filter(({ id }) => pointIds.includes(id) && !held.has(id))
}

/** What a person said of a point goes along. */
async function copyNote(from: Repository, to: Repository, id: PointId, signal: AbortSignal): Promise<void> {
  const note = from.notes().get(id)
  if (note !== undefined && to.notes().get(id) === undefined) await to.note(id, note, signal)
}

function momentOf({ createdAt }: Point): string {
  return new Date(createdAt).toISOString()
}
