import { Failure } from '../../../shared/failure.ts'
import type { PointId } from '../../../shared/point.ts'
import type { Extents } from '../disk/extents.ts'
import type { Parts } from './parts.ts'

export function changedSince(
  _parts: Parts,
  _base: PointId,
  _pointId: PointId,
  _diskName: string,
  _signal: AbortSignal,
): Promise<Extents> {
  return Promise.reject(new Failure('bug', 'not built'))
}

export function packsOfPoint(_parts: Parts, _pointId: PointId, _signal: AbortSignal): Promise<readonly string[]> {
  return Promise.reject(new Failure('bug', 'not built'))
}
