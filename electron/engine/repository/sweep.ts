import { Failure } from '../../../shared/failure.ts'
import type { SweepReport } from '../../../shared/job.ts'
import type { Parts } from './parts.ts'
import type { Repository, SweepOptions } from './repository.ts'

export function sweep(_parts: Parts, _options: SweepOptions, _signal: AbortSignal): Promise<SweepReport> {
  return Promise.reject(new Failure('bug', 'not built'))
}

export function upkeepOf(_parts: Parts): ReturnType<Repository['upkeep']> {
  return { cycles: 0, at: undefined, markedBytes: 0 }
}
