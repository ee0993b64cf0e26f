import { Failure } from '../../../shared/failure.ts'
import type { Parts } from './parts.ts'
import type { MendSource, OnRead } from './repository.ts'

export function mend(_parts: Parts, _source: MendSource, _onRead: OnRead, _signal: AbortSignal): Promise<number> {
  return Promise.reject(new Failure('bug', 'not built'))
}
