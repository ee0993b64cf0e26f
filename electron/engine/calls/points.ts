import type { Argument, Handlers } from '../../../shared/contract.ts'
import { Failure } from '../../../shared/failure.ts'
import type { Rooms } from '../rooms.ts'

/** Points, what keeps them, what proves them, and how the days went. */
export function pointCalls(
  rooms: Rooms,
): Pick<
  Handlers<AbortSignal>,
  'listPoints' | 'showPoint' | 'pinPoint' | 'listPins' | 'listProofs' | 'listRecoveries' | 'listTurns' | 'listDays'
> {
  const { catalog, repositories } = rooms
  return {
    listPoints: async ({ machineId }) => [...catalog.points.list(machineId)],
    showPoint: async ({ pointId }, signal) =>
      catalog.points.get(pointId) ?? (await repositories.needPoint(pointId, signal)).point,
    pinPoint: async (argument, signal) => {
      await pin(rooms, argument, signal)
      rooms.options.emit('pointsChanged', null)
      return null
    },
    listPins: async () => [...catalog.pins.list()],
    listProofs: async ({ machineId }) => [...catalog.history.proofs(machineId)],
    listRecoveries: async () => [...catalog.history.recoveries()],
    listTurns: async ({ machineId }) => [...catalog.history.turns(machineId)],
    listDays: async ({ starts }) => {
      needAscending(starts)
      return [...catalog.history.days(starts)]
    },
  }
}

/** Only a point that there is can be pinned; letting go of one that is gone is no failure. */
async function pin({ catalog, repositories }: Rooms, argument: Argument<'pinPoint'>, signal: AbortSignal) {
  const { pointId, pinned } = argument
  if (!pinned) {
    catalog.pins.remove(pointId)
    return
  }
  if (!catalog.points.has(pointId)) await repositories.needPoint(pointId, signal)
  catalog.pins.put(pointId)
}

function needAscending(starts: readonly number[]): void {
  const isAscending = starts.every((start, at) => at === 0 || start > (starts[at - 1] ?? start))
  if (!isAscending) throw new Failure('invalid-argument', 'The starts of days must be ascending')
}
