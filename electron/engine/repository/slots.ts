import { Failure } from '../../../shared/failure.ts'
import type { KeySlot } from '../../../shared/repository.ts'
import type { SlotLock } from './format/slot.ts'
import type { Parts } from './parts.ts'

export function listSlots(_parts: Parts, _signal: AbortSignal): Promise<readonly KeySlot[]> {
  return Promise.reject(new Failure('bug', 'not built'))
}

export function addSlot(_parts: Parts, _lock: SlotLock, _signal: AbortSignal): Promise<string> {
  return Promise.reject(new Failure('bug', 'not built'))
}

export function removeSlot(_parts: Parts, _slotId: string, _signal: AbortSignal): Promise<void> {
  return Promise.reject(new Failure('bug', 'not built'))
}

export function renewEpoch(_parts: Parts, _signal: AbortSignal): Promise<number> {
  return Promise.reject(new Failure('bug', 'not built'))
}
