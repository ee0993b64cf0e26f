import { Failure } from '../../../../../shared/failure.ts'
import { damaged } from '../damage.ts'
import { findFall, findHead, headerBefore } from './head.ts'
import { afterRecord, type LogRecord, type RecordHeader, readHeader, readRecord } from './record.ts'
import { type LogRing, mostInFlight, mostRecordBlocks } from './ring.ts'

/** What of the log counts: from the record in the block `tail` up to the block `head`. Undefined where it was left in order. */
export type Dirty = { readonly tail: number; readonly head: number }

const unmounted = 0x20

/** Fails with `file-system-damaged` where the log is not understood. */
export async function findDirty(ring: LogRing, signal: AbortSignal): Promise<Dirty | undefined> {
  const fall = await findFall(ring, signal)
  if (fall === undefined || (await isCleanBefore(ring, fall.block, signal))) return undefined
  const head = await findHead(ring, fall, signal)
  const last = await lastBefore(ring, head, signal)
  if (last === undefined) throw damaged('the log has no last record')
  return (await isClean(ring, last, head, signal)) ? undefined : await wholePart(ring, last, head, signal)
}

/** Nothing was on its way when the record of unmounting was written: where that stands, there is no need to look further. */
async function isCleanBefore(ring: LogRing, block: number, signal: AbortSignal): Promise<boolean> {
  const last = await orUndefined(() => lastBefore(ring, block, signal))
  return last !== undefined && (await isClean(ring, last, ring.wrap(block), signal))
}

async function lastBefore(ring: LogRing, head: number, signal: AbortSignal): Promise<RecordHeader | undefined> {
  const block = await headerBefore(ring, head, mostRecordBlocks + mostInFlight, signal)
  return block === undefined ? undefined : await readHeader(ring, block, signal)
}

/** Unmounting writes a record of one operation that says so. */
async function isClean(ring: LogRing, last: RecordHeader, head: number, signal: AbortSignal): Promise<boolean> {
  if (last.operations !== 1 || afterRecord(ring, last) !== head) return false
  const body = await ring.read(last.block + last.headerBlocks, 1, signal)
  return (body.readUInt8(9) & unmounted) !== 0
}

/**
 * Records at the head that did not reach the disk whole end the log before them; those at the tail that newer ones had begun to run over
 * are not needed any more (`xlog_verify_head`, `xlog_verify_tail`). A bad record anywhere else is damage.
 */
async function wholePart(
  ring: LogRing,
  last: RecordHeader,
  head: number,
  signal: AbortSignal,
): Promise<Dirty | undefined> {
  const good = await lastWhole(ring, last, head, signal)
  if (good.head !== head && (await isClean(ring, good.last, good.head, signal))) return undefined
  return { tail: await firstWhole(ring, good.last.tailBlock, good.head, signal), head: good.head }
}

type End = { readonly last: RecordHeader; readonly head: number }

async function lastWhole(ring: LogRing, last: RecordHeader, head: number, signal: AbortSignal): Promise<End> {
  const recent: RecordHeader[] = [last]
  for (let block = last.block; recent.length <= mostInFlight && block !== last.tailBlock; ) {
    const before = await headerBefore(ring, block, mostRecordBlocks + mostInFlight, signal)
    if (before === undefined) break
    // What stands in the place of a header that was never written is of the round before, and no part of this log.
    const header = await readHeader(ring, before, signal)
    if (afterRecord(ring, header) !== block) break
    recent.unshift(header)
    block = before
  }
  let good: RecordHeader | undefined
  for (const header of recent) {
    if (!(await isWhole(ring, header, signal))) {
      if (good === undefined) throw damaged('the end of the log cannot be read')
      return { last: good, head: afterRecord(ring, good) }
    }
    good = header
  }
  return { last, head }
}

async function firstWhole(ring: LogRing, tailBlock: number, head: number, signal: AbortSignal): Promise<number> {
  const near = mostInFlight * mostRecordBlocks
  for (let block = tailBlock; block !== head; ) {
    const header = await headerAt(ring, block, signal)
    if (header !== undefined && (await isWhole(ring, header, signal))) return block
    if (ring.wrap(block - head) > near) throw damaged('the beginning of the log cannot be read')
    block = ring.wrap(block + 1)
  }
  throw damaged('nothing of the log can be read')
}

async function headerAt(ring: LogRing, block: number, signal: AbortSignal): Promise<RecordHeader | undefined> {
  return await orUndefined(() => readHeader(ring, block, signal))
}

async function isWhole(ring: LogRing, header: RecordHeader, signal: AbortSignal): Promise<boolean> {
  return (await orUndefined(() => readRecord(ring, header, signal))) !== undefined
}

/** Looking for what may not be there: damage is the answer no. */
async function orUndefined<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look()
  } catch (thrown) {
    if (!(thrown instanceof Failure) || thrown.code !== 'file-system-damaged') throw thrown
    return undefined
  }
}

/** All records that count, the oldest first; each must be whole, and follow the one before. */
export async function* recordsOf(ring: LogRing, { tail, head }: Dirty, signal: AbortSignal): AsyncGenerator<LogRecord> {
  let left = ring.wrap(head - tail) || ring.blocks
  let before = -1n
  for (let block = tail; left > 0; ) {
    signal.throwIfAborted()
    const header = await readHeader(ring, block, signal)
    left -= header.headerBlocks + header.bodyBlocks
    if (left < 0 || header.lsn <= before) throw damaged('the records of the log do not follow each other')
    before = header.lsn
    yield await readRecord(ring, header, signal)
    block = afterRecord(ring, header)
  }
}
