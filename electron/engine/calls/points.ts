import type { Handlers } from '../../../shared/contract.ts'
import { Failure } from '../../../shared/failure.ts'
import type { PointId } from '../../../shared/point.ts'
import type { RepositoryId } from '../../../shared/repository.ts'
import type { Note } from '../repository/ledger-state.ts'
import type { Repository } from '../repository/repository.ts'
import type { Rooms } from '../rooms.ts'

/** Points, what keeps them, what proves them, and how the days went. */
export function pointCalls(
  rooms: Rooms,
): Pick<
  Handlers<AbortSignal>,
  | 'listPoints'
  | 'showPoint'
  | 'pinPoint'
  | 'labelPoint'
  | 'listPins'
  | 'listProofs'
  | 'listRecoveries'
  | 'listTurns'
  | 'listDays'
> {
  const { catalog, repositories } = rooms
  return {
    listPoints: async ({ machineId }) => [...catalog.points.list(machineId, repositories.preferred())],
    showPoint: async ({ pointId }, signal) =>
      catalog.points.get(pointId, repositories.preferred()) ?? (await repositories.needPoint(pointId, signal)).point,
    pinPoint: async ({ pointId, pinned }, signal) => {
      if (pinned) await note(rooms, pointId, (before) => ({ ...before, pinned }), signal)
      else await unpin(rooms, pointId, signal)
      return null
    },
    labelPoint: async ({ pointId, labels }, signal) => {
      await note(rooms, pointId, (before) => ({ ...before, labels: [...new Set(labels)] }), signal)
      return null
    },
    listPins: async () => [...catalog.notes.pinned()],
    listProofs: async ({ machineId }) => [...catalog.history.proofs(machineId)],
    listRecoveries: async () => [...catalog.history.recoveries()],
    listTurns: async ({ machineId }) => [...catalog.history.turns(machineId)],
    listDays: async ({ starts }) => {
      needAscending(starts)
      return [...catalog.history.days(starts)]
    },
  }
}

/** Letting go of one that is gone is no failure. */
async function unpin(rooms: Rooms, pointId: PointId, signal: AbortSignal): Promise<void> {
  rooms.catalog.pins.remove(pointId)
  try {
    await note(rooms, pointId, (before) => ({ ...before, pinned: false }), signal)
  } catch (thrown) {
    if (!(thrown instanceof Failure) || thrown.code !== 'point-not-found') throw thrown
  }
}

/**
 * Written in every repository that holds the point and can be had now, so that each keeps it by itself. Fails where the best
 * of them cannot be written to.
 */
async function note(rooms: Rooms, pointId: PointId, change: (before: Note) => Note, signal: AbortSignal) {
  const { catalog, repositories, options } = rooms
  const first = (await repositories.needPoint(pointId, signal)).repository
  repositories.refuseReadOnly(first)
  const others = catalog.points.holders(pointId).filter((id) => id !== first.id)
  const writable = await Promise.all(others.map((id) => reachable(rooms, id, signal)))
  for (const repository of [first, ...writable.filter((each) => each !== undefined)]) {
    const before = repository.notes().get(pointId) ?? { pinned: false, labels: [] }
    await repository.note(pointId, change(before), signal)
    repositories.remember(repository)
  }
  options.emit('pointsChanged', null)
}

async function reachable(
  { repositories }: Rooms,
  id: RepositoryId,
  signal: AbortSignal,
): Promise<Repository | undefined> {
  try {
    return await repositories.needWritable(id, signal)
  } catch (thrown) {
    signal.throwIfAborted()
    if (thrown instanceof Failure) return undefined
    throw thrown
  }
}

function needAscending(starts: readonly number[]): void {
  const isAscending = starts.every((start, at) => at === 0 || start > (starts[at - 1] ?? start))
  if (!isAscending) throw new Failure('invalid-argument', 'The starts of days must be ascending')
}
