import { Failure } from '../../../shared/failure.ts'
import type { Clock } from '../base/clock.ts'
import type { ChunkPool } from '../chunk/pool.ts'
import { type MemoryStore, memoryStore, type StoreCall } from '../store/memory.ts'
import type { ObjectInfo, Store } from '../store/store.ts'
import type { OpenOptions, Repository, SweepOptions } from './repository.ts'
import { reopen, type TestRepository } from './test-rig.ts'

/** What tests of upkeep share: one store with a clock of its own, and engines that see it through faults. */

export const hour = 3_600_000
export const minute = 60_000

export const usualSweep: SweepOptions = {
  trashMs: 0,
  graceMs: 24 * hour,
  cycles: 2,
  wasteLimit: 0.4,
  onRead: () => {},
}

export type TestTime = {
  readonly now: () => number
  /** A clock that is `skew()` ahead of the store's. */
  clock(skew: () => number): Clock
  /** Leaps ahead, wakes whoever slept that long, and lets them work. */
  pass(ms: number): Promise<void>
}

export function testTime(): TestTime {
  let nowMs = 1_700_000_000_000
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>()
  const sleep = (ms: number, signal: AbortSignal): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const sleeper = { at: nowMs + ms, wake: resolve }
    sleepers.add(sleeper)
    signal.addEventListener('abort', () => {
      sleepers.delete(sleeper)
      reject(signal.reason)
    })
    return promise
  }
  return {
    now: () => nowMs,
    clock: (skew) => ({ now: () => nowMs + skew(), elapsed: () => nowMs, sleep }),
    async pass(ms) {
      nowMs += ms
      for (const sleeper of [...sleepers].filter(({ at }) => at <= nowMs)) {
        sleepers.delete(sleeper)
        sleeper.wake()
      }
      await turns(30)
    },
  }
}

/** Lets whatever waits for the store in memory go on. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** Faults of one engine's sight of the store. */
export type Faults = {
  /** Told of every call; what it throws is what the call fails with. */
  onCall(call: StoreCall): Promise<void> | void
  /** What a listing is made into. */
  listed(infos: readonly ObjectInfo[]): Iterable<ObjectInfo>
}

export const noFaults: Faults = { onCall: () => {}, listed: (infos) => infos }

export function storeThrough(base: MemoryStore, faults: Faults): Store {
  async function around<T>(kind: StoreCall['kind'], name: string, work: () => Promise<T>): Promise<T> {
    await faults.onCall({ kind, name, when: 'before' })
    const result = await work()
    await faults.onCall({ kind, name, when: 'after' })
    return result
  }
  return {
    ...base,
    put: (name, bytes, signal) => around('put', name, () => base.put(name, bytes, signal)),
    create: (name, bytes, signal) => around('create', name, () => base.create(name, bytes, signal)),
    get: (name, signal) => around('get', name, () => base.get(name, signal)),
    getRange: (name, offset, length, signal) =>
      around('getRange', name, () => base.getRange(name, offset, length, signal)),
    stat: (name, signal) => around('stat', name, () => base.stat(name, signal)),
    secure: (name, signal) => around('secure', name, () => base.secure(name, signal)),
    remove: (name, signal) => around('remove', name, () => base.remove(name, signal)),
    async *list(prefix, signal) {
      await faults.onCall({ kind: 'list', name: prefix, when: 'before' })
      const infos: ObjectInfo[] = []
      for await (const info of base.list(prefix, signal)) infos.push(info)
      yield* faults.listed(infos)
    },
  }
}

export type SweepWorld = {
  readonly time: TestTime
  readonly store: MemoryStore
  open(options?: Partial<OpenOptions>, faults?: Faults): Promise<Repository>
}

export function sweepWorld(pool: ChunkPool, template: TestRepository): SweepWorld {
  const time = testTime()
  const store = memoryStore(undefined, time.now)
  for (const [name, bytes] of template.store.objects) {
    store.objects.set(name, bytes)
    store.times.set(name, time.now())
  }
  return {
    time,
    store,
    open: (options = {}, faults = noFaults) => {
      const through = storeThrough(store, faults)
      const usual = { clock: time.clock(() => 0), packBytes: 16 * 1024 }
      return reopen(pool, { rootKey: template.rootKey, store: through as MemoryStore }, { ...usual, ...options })
    },
  }
}

/** Ends the writers' leases that nothing needs any more. */
export async function letLeasesEnd(time: TestTime): Promise<void> {
  for (let step = 0; step < 8; step++) await time.pass(minute)
}

export function packsIn({ objects }: MemoryStore): readonly string[] {
  return [...objects.keys()].filter((name) => name.startsWith('packs/'))
}

/** Of an engine that died: what its ending would do fails. */
export async function endQuietly(ended: AsyncDisposable): Promise<void> {
  try {
    await ended[Symbol.asyncDispose]()
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown
  }
}

/** The same numbers for the same seed: mulberry32. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
}
