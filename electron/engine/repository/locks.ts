import { Failure } from '../../../shared/failure.ts'
import type { LockRule } from '../../../shared/repository.ts'
import type { Parts } from './parts.ts'
import type { LockReport, OnRead } from './repository.ts'

export function setLock(_parts: Parts, _rule: LockRule | undefined, _signal: AbortSignal): Promise<void> {
  return Promise.reject(new Failure('bug', 'not built'))
}

export function checkLocks(_parts: Parts, _onRead: OnRead, _signal: AbortSignal): Promise<LockReport> {
  return Promise.reject(new Failure('bug', 'not built'))
}
