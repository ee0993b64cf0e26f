import { Failure } from '../../../shared/failure.ts'
import type { LockRule } from '../../../shared/repository.ts'
import { type MemoryStore, memoryStore } from '../store/memory.ts'
import type { ObjectName, StoreLocks } from '../store/store.ts'

const dayMs = 86_400_000

export type LockingStore = MemoryStore & {
  readonly locks: StoreLocks
  /** Until when each object is locked; a test may unlock them. */
  readonly untils: Map<ObjectName, number>
  /** Names that were extended, in order. */
  readonly extended: ObjectName[]
  canary: 'refused' | 'deleted'
}

/** A store in memory that plays Object Lock: what is put under a rule is locked, and locked objects are not removed. */
export function lockingStore(now: () => number): LockingStore {
  const store = memoryStore(undefined, now)
  const untils = new Map<ObjectName, number>()
  const extended: ObjectName[] = []
  let rule: LockRule | undefined
  const lock = (name: ObjectName): void => {
    if (rule !== undefined && !name.startsWith('leases/')) untils.set(name, now() + rule.days * dayMs)
  }
  const need = (name: ObjectName): void => {
    if (!store.objects.has(name)) throw new Failure('object-missing', `${name} does not exist`)
  }
  const locking: LockingStore = {
    ...store,
    untils,
    extended,
    canary: 'refused',
    locks: {
      setRule: (next) => {
        rule = next
      },
      until: async (name) => {
        need(name)
        return untils.get(name)
      },
      extend: async (name, _mode, until) => {
        need(name)
        untils.set(name, Math.max(until, untils.get(name) ?? 0))
        extended.push(name)
      },
      tryCanary: async () => locking.canary,
    },
    async put(name, bytes, signal) {
      await store.put(name, bytes, signal)
      lock(name)
    },
    async create(name, bytes, signal) {
      const isOurs = await store.create(name, bytes, signal)
      if (isOurs) lock(name)
      return isOurs
    },
    async remove(name, signal) {
      if ((untils.get(name) ?? 0) > now()) throw new Failure('object-locked', `${name} is locked`)
      await store.remove(name, signal)
    },
  }
  return locking
}
