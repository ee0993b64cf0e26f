import { Failure } from '../../../shared/failure.ts'
import { MiB } from '../../../shared/units.ts'
import type { OpenRequest } from '../chunk/pool.ts'
import type { Findings } from './findings.ts'
import { type IndexedPack, packPath } from './format/index.ts'
import { nameOf } from './format/object.ts'
import { tagBytes } from './format/pack.ts'
import type { Parts } from './parts.ts'

type Records = IndexedPack['records']

/** Opened at once. */
const batchBytes = 4 * MiB

/** Compares a pack's name with its bytes, opens every record and compares it with its id. Damage goes to `findings`. */
export async function verifyPack(
  parts: Parts,
  number: number,
  pack: IndexedPack,
  findings: Findings,
  signal: AbortSignal,
): Promise<void> {
  const path = packPath(pack.name)
  findings.objects++
  const bytes = await readPack(parts, path, signal)
  if (bytes === undefined) {
    findings.damaged(path, 'is missing')
    findings.badPack(number, path)
    parts.reader.distrust(number)
    return
  }
  findings.bytesRead += bytes.length
  const bad = await badRecords(parts, pack, bytes, signal)
  findings.chunks += pack.records.length
  for (const ordinal of bad) findings.badRecord(number, ordinal, path)
  if (bad.length === 0 && nameOf(bytes) === pack.name) return
  const which =
    bad.length === 0 ? 'all of its chunks open' : `${bad.length} of its ${pack.records.length} chunks do not open`
  findings.damaged(path, `does not hold the bytes of its name; ${which}`)
  parts.reader.distrust(number)
}

async function readPack({ store }: Parts, path: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
  try {
    return await store.get(path, signal)
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'object-missing') return undefined
    throw thrown
  }
}

/** Ordinals of records that do not open, do not match their ids, or lie behind the end. */
async function badRecords(
  { keys, pool }: Parts,
  pack: IndexedPack,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const bad: number[] = []
  for (const { first, records } of batches(pack.records)) {
    const whole = records.filter((record) => endOf(record) <= bytes.length)
    for (let at = whole.length; at < records.length; at++) bad.push(first + at)
    const from = whole[0]?.offset ?? 0
    const to = whole.reduce((end, record) => Math.max(end, endOf(record)), from)
    const requests = whole.map((record, at): OpenRequest => {
      return { ...record, salt: pack.salt, ordinal: first + at, offset: record.offset - from }
    })
    if (requests.length === 0) continue
    const { damaged } = await pool.open(keys.chunks, bytes.slice(from, to), requests, true, signal)
    bad.push(...damaged.map((at) => first + at))
  }
  return bad
}

function* batches(records: Records): Generator<{ readonly first: number; readonly records: Records }> {
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
