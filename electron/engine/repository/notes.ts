import { Failure } from '../../../shared/failure.ts'
import type { PointId } from '../../../shared/point.ts'
import type { Note } from './ledger-state.ts'
import type { Parts } from './parts.ts'
import type { DroppedPoint } from './repository.ts'

export function putNote(_parts: Parts, _pointId: PointId, _note: Note, _signal: AbortSignal): Promise<void> {
  return Promise.reject(new Failure('bug', 'not built'))
}

export function trashOf(_parts: Parts): readonly DroppedPoint[] {
  return []
}

export function dropPoints(
  _parts: Parts,
  _pointIds: readonly PointId[],
  _why: DroppedPoint['why'],
  _signal: AbortSignal,
): Promise<void> {
  return Promise.reject(new Failure('bug', 'not built'))
}

export function recoverPoints(_parts: Parts, _pointIds: readonly PointId[], _signal: AbortSignal): Promise<void> {
  return Promise.reject(new Failure('bug', 'not built'))
}
