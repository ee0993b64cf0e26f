import { Failure } from '../../../shared/failure.ts'
import type { PointId } from '../../../shared/point.ts'
import { appendEntry } from './append.ts'
import { catchUp } from './catch-up.ts'
import type { EntryBody } from './format/entry.ts'
import type { LedgerPoint, Note } from './ledger-state.ts'
import type { Parts } from './parts.ts'
import { needWritable } from './read-only.ts'
import type { DroppedPoint } from './repository.ts'

/** Replaces what was said of the point before. A point in the trash that is pinned is not purged. */
export function putNote(parts: Parts, pointId: PointId, note: Note, signal: AbortSignal): Promise<void> {
  const body = () => {
    needPoint(parts, pointId)
    return { kind: 'note', pointId, pinned: note.pinned, labels: [...note.labels] } as const
  }
  return write(parts, [pointId], body, signal)
}

/** Points whose manifests cannot be read are in the trash as well, but there is nothing to show of them. */
export function trashOf({ ledger, points }: Parts): readonly DroppedPoint[] {
  return [...ledger.state.points.values()].flatMap(({ id, dropped }) => {
    const point = points.of(id)?.point
    return dropped === undefined || point === undefined ? [] : [{ point, at: dropped.at, why: dropped.why }]
  })
}

/** All or none. Points that are in the trash already stay there from when they came. */
export function dropPoints(
  parts: Parts,
  pointIds: readonly PointId[],
  why: DroppedPoint['why'],
  signal: AbortSignal,
): Promise<void> {
  const body = () => {
    for (const id of pointIds) needUnpinned(parts, needPoint(parts, id).id)
    return { kind: 'drop', pointIds: [...pointIds], why } as const
  }
  return write(parts, pointIds, body, signal)
}

/** All or none. Points that are not in the trash stay as they are. */
export function recoverPoints(parts: Parts, pointIds: readonly PointId[], signal: AbortSignal): Promise<void> {
  const body = () => {
    for (const id of pointIds) needPoint(parts, id)
    return { kind: 'recover', pointIds: [...pointIds] } as const
  }
  return write(parts, pointIds, body, signal)
}

/** What other engines have written is known before `body` is asked for the first time. */
function write(parts: Parts, pointIds: readonly PointId[], body: () => EntryBody, signal: AbortSignal): Promise<void> {
  return parts.turns.run(async () => {
    needWritable(parts)
    await parts.ledger.advance(signal)
    await catchUp(parts, signal)
    if (pointIds.length === 0) return
    await appendEntry(
      parts,
      () => {
        needWritable(parts)
        return body()
      },
      signal,
    )
  })
}

function needPoint({ ledger }: Parts, id: PointId): LedgerPoint {
  const point = ledger.state.points.get(id)
  if (point === undefined) throw new Failure('point-not-found', `The repository has no point ${id}`)
  return point
}

function needUnpinned({ ledger }: Parts, id: PointId): void {
  if (ledger.state.notes.get(id)?.pinned !== true) return
  throw new Failure('invalid-argument', `Point ${id} is pinned: it is kept until somebody unpins it`)
}
