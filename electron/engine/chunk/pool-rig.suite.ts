import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { Failure } from '../../../shared/failure.ts'
import { KiB } from '../../../shared/units.ts'
import { idBytes, recordTypes } from './chunk.ts'
import { keys } from './chunk-samples.suite.ts'
import { Places } from './places.ts'
import type { ChunkPool, FinishedPack, OpenRequest } from './pool.ts'

export const unitBytes = 16 * KiB
export const packBytes = 256 * KiB
export const never: AbortSignal = new AbortController().signal

export type Kept = FinishedPack & { readonly bytes: Uint8Array<ArrayBuffer> }

/** A sealer whose packs are copied into `packs`, as a store would, and made known as a repository would. */
export function keep(pool: ChunkPool, onPack: (pack: FinishedPack) => Promise<void> = async () => {}) {
  const packs: Kept[] = []
  const places = new Places()
  const sealer = pool.sealer({
    keys,
    packBytes,
    table: places.table,
    async onPack(pack) {
      await onPack(pack)
      packs.push({ ...pack, bytes: pack.bytes.slice() })
      places.add({ ...pack, epoch: keys.epoch, sizeBytes: pack.bytes.length })
    },
  })
  return { packs, places, sealer }
}

export function seal(
  sealer: ReturnType<typeof keep>['sealer'],
  bytes: Uint8Array,
  signal: AbortSignal = never,
): Promise<Uint8Array> {
  return sealer.seal(recordTypes.data, unitBytes, new Uint8Array(bytes), signal)
}

export function requestsOf(pack: FinishedPack): OpenRequest[] {
  return pack.records.map((record, ordinal) => ({ ...record, ordinal, salt: pack.salt }))
}

export function idsOf(bytes: Uint8Array): string[] {
  return Array.from({ length: bytes.length / idBytes }, (_, at) =>
    Buffer.from(bytes.subarray(at * idBytes, (at + 1) * idBytes)).toString('hex'),
  )
}

export function coded(code: Failure['code']): (thrown: unknown) => boolean {
  return (thrown) => thrown instanceof Failure && thrown.code === code
}

/** Waits until something has come about that no promise tells of. */
export async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 30_000
  while (!condition()) {
    assert.ok(performance.now() < end, 'it did not come about')
    await setImmediate()
  }
}
