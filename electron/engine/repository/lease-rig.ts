import type { Clock } from '../base/clock.ts'
import type { ChunkPool } from '../chunk/pool.ts'
import { type MemoryStore, memoryStore, type OnStoreCall } from '../store/memory.ts'
import { toHex } from './format/bytes.ts'
import { recordsOf } from './format/pack.ts'
import type { OpenOptions } from './repository.ts'
import { noise, reopen, type TestRepository, testChunkBytes } from './test-rig.ts'

/** Engines that live and die in a time of the test's own. */

type Sleeper = { readonly at: number; readonly wake: () => void }

/** One time for the store and for the engines. `pass` wakes whoever slept so long, and lets them work. */
export function testTime() {
  let nowMs = 1_700_000_000_000
  const sleepers = new Set<Sleeper>()
  const clock: Clock = {
    now: () => nowMs,
    elapsed: () => nowMs,
    sleep(ms, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const sleeper = { at: nowMs + ms, wake: resolve }
      sleepers.add(sleeper)
      signal.addEventListener('abort', () => {
        sleepers.delete(sleeper)
        reject(signal.reason)
      })
      return promise
    },
  }
  return {
    clock,
    async pass(ms: number): Promise<void> {
      const end = nowMs + ms
      while (nowMs < end) {
        nowMs = Math.min(end, nowMs + 60_000)
        for (const sleeper of [...sleepers].filter(({ at }) => at <= nowMs)) {
          sleepers.delete(sleeper)
          sleeper.wake()
        }
        for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
      }
    },
  }
}

/** Engines and a store that begins as `template`'s, in one time. */
export function worldOf(pool: ChunkPool, template: TestRepository) {
  const time = testTime()
  const store = memoryStore(undefined, time.clock.now)
  for (const [name, bytes] of template.store.objects) {
    store.objects.set(name, bytes)
    store.times.set(name, time.clock.now())
  }
  const open = (options: Partial<OpenOptions> = {}) =>
    reopen(pool, { ...template, store }, { clock: time.clock, packBytes: 32 * 1024, ...options })
  return { ...time, store, open }
}

/** A store of one engine upon `store`'s objects, which sees and may refuse every call. */
export function viewOf(store: MemoryStore, now: () => number, onCall: OnStoreCall): MemoryStore {
  const view = memoryStore(onCall, now)
  return {
    ...view,
    objects: store.objects,
    times: store.times,
    ...Object.fromEntries(
      (['put', 'create', 'remove', 'secure', 'get', 'stat'] as const).map((kind) => [
        kind,
        async (name: string, ...rest: never[]) => {
          await onCall({ kind, name, when: 'before' })
          const call = store[kind] as (name: string, ...rest: never[]) => Promise<unknown>
          const result = await call(name, ...rest)
          await onCall({ kind, name, when: 'after' })
          return result
        },
      ]),
    ),
    getRange: store.getRange,
    list: store.list,
  }
}

export function packsIn(store: MemoryStore): readonly string[] {
  return [...store.objects.keys()].filter((name) => name.startsWith('packs/'))
}

export function diskOf(seed: number, chunks: number) {
  const bytes = noise(seed, chunks * testChunkBytes)
  return { name: 'vda', sizeBytes: bytes.length, writes: [{ offset: 0, bytes }] }
}

/** The number of packs once it does not change any more. */
export async function packsSettled(store: MemoryStore): Promise<number> {
  for (let last = -1; ; ) {
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve))
    const count = packsIn(store).length
    if (count === last) return count
    last = count
  }
}

/** Ids of all records in all packs. */
export function idsIn(store: MemoryStore): readonly string[] {
  const records = packsIn(store).flatMap((path) => [...recordsOf(store.objects.get(path) ?? new Uint8Array())])
  return records.map(({ id }) => toHex(id))
}
