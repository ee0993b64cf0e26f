import { MiB } from '../../../shared/units.ts'
import type { OpenRequest } from '../chunk/pool.ts'
import { type IndexedPack, packPath } from './format/index.ts'
import { nameOf } from './format/object.ts'
import { tagBytes } from './format/pack.ts'
import { getOrNothing } from './ledger.ts'
import type { Parts } from './parts.ts'

type Records = IndexedPack['records']

/** `bad` are the ordinals of records that do not open, do not match their ids, or lie behind the end. */
type FoundPack =
  | { readonly kind: 'whole' | 'missing'; readonly bytesRead: number }
  | { readonly kind: 'damaged'; readonly bytesRead: number; readonly bad: readonly number[] }

type Reading = Pick<Parts, 'keys' | 'pool' | 'store'>

/** Opened at once; between two batches the work may pause. */
const batchBytes = 4 * MiB

/**
 * Compares a pack's name with its bytes, opens every record and compares it with its id. `onRead` is told of its size in
 * parts, also of what is missing; the reading goes on when it resolves.
 */
export async function verifyPack(
  reading: Reading,
  pack: IndexedPack,
  onRead: (bytes: number) => Promise<void> | void,
  signal: AbortSignal,
): Promise<FoundPack> {
  const bytes = await getOrNothing(reading.store, packPath(pack.name), signal)
  if (bytes === undefined) {
    await onRead(pack.sizeBytes)
    return { kind: 'missing', bytesRead: 0 }
  }
  const bad: number[] = []
  let done = 0
  for (const batch of batches(pack.records)) {
    bad.push(...(await badIn(reading, pack, bytes, batch, signal)))
    const end = batch.records.reduce((furthest, record) => Math.max(furthest, endOf(record)), done)
    await onRead(end - done)
    done = end
  }
  await onRead(pack.sizeBytes - done)
  const isWhole = bad.length === 0 && nameOf(bytes) === pack.name
  return isWhole ? { kind: 'whole', bytesRead: bytes.length } : { kind: 'damaged', bytesRead: bytes.length, bad }
}

type Batch = { readonly first: number; readonly records: Records }

async function badIn(
  { keys, pool }: Reading,
  pack: IndexedPack,
  bytes: Uint8Array,
  { first, records }: Batch,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const bad: number[] = []
  const whole = [...records.entries()].filter(([, record]) => endOf(record) <= bytes.length)
  for (const [at, record] of records.entries()) if (endOf(record) > bytes.length) bad.push(first + at)
  const from = whole.reduce((start, [, { offset }]) => Math.min(start, offset), bytes.length)
  const to = whole.reduce((end, [, record]) => Math.max(end, endOf(record)), from)
  const requests = whole.map(([at, record]): OpenRequest => {
    return { ...record, salt: pack.salt, ordinal: first + at, offset: record.offset - from }
  })
  if (requests.length === 0) return bad
  const { damaged } = await pool.open(keys.at(pack.epoch).chunks, bytes.slice(from, to), requests, true, signal)
  bad.push(...damaged.map((at) => requests[at]?.ordinal ?? first))
  return bad
}

function* batches(records: Records): Generator<Batch> {
  let first = 0
  let rawBytes = 0
  for (const [ordinal, record] of records.entries()) {
    rawBytes += record.rawBytes
    const isLast = ordinal === records.length - 1
    if (rawBytes < batchBytes && !isLast) continue
    yield { first, records: records.slice(first, ordinal + 1) }
    first = ordinal + 1
    rawBytes = 0
  }
}

function endOf({ offset, storedBytes }: Records[number]): number {
  return offset + storedBytes + tagBytes
}
