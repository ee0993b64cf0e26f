import { damaged } from '../damage.ts'
import { basicBytes, type LogRing, mostInFlight, mostRecordBlocks, recordMagic, roundOf } from './ring.ts'

/** Blocks that may have reached the disk in any order before a crash: `XLOG_TOTAL_REC_SHIFT`. */
const scanBlocks = mostInFlight * mostRecordBlocks

/** Where the numbers of the rounds fall: blocks from `block` to the end of the ring are of round `old`, or there are none. */
type Fall = { readonly block: number; readonly old: number }

/** Found by halves. Undefined where the log is all zeroes: mkfs of old left it so, and nothing was done since. */
export async function findFall(ring: LogRing, signal: AbortSignal): Promise<Fall | undefined> {
  const first = await ring.round(0, signal)
  const last = await ring.round(ring.blocks - 1, signal)
  if (first === 0) return undefined
  if (first === last) return { block: ring.blocks, old: last - 1 }
  return { block: await firstOfRound(ring, last, signal), old: last }
}

/**
 * The block behind the last that was written, as fs/xfs/xfs_log_recover.c finds it: what is left of the round before in front of the fall
 * was on its way when the machine stopped, and so ends the log there.
 */
export async function findHead(ring: LogRing, fall: Fall, signal: AbortSignal): Promise<number> {
  const head = await beforeHoles(ring, fall, signal)
  return ring.wrap(await atBorder(ring, head, signal))
}

/** A block of the round that ends the ring, with one of another round in front of it: where the numbers fall once, the only such. */
async function firstOfRound(ring: LogRing, round: number, signal: AbortSignal): Promise<number> {
  let before = 0
  let at = ring.blocks - 1
  while (at - before > 1) {
    const middle = Math.floor((before + at) / 2)
    if ((await ring.round(middle, signal)) === round) at = middle
    else before = middle
  }
  return at
}

async function beforeHoles(ring: LogRing, { block, old }: Fall, signal: AbortSignal): Promise<number> {
  const count = Math.min(ring.blocks, scanBlocks)
  const near = Math.min(block, count)
  const inFront = { from: block - near, count: near }
  // In its first round the rest of the log is zeroes, and nothing is there to be left over at its end.
  if (near < count && old > 0) {
    const atEnd = { from: ring.blocks - (count - near), count: count - near }
    const hole = await firstWithRound(ring, atEnd, old - 1, signal)
    if (hole !== undefined) return hole
  }
  return (await firstWithRound(ring, inFront, old, signal)) ?? block
}

type Span = { readonly from: number; readonly count: number }

async function firstWithRound(
  ring: LogRing,
  { from, count }: Span,
  round: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  const bytes = await ring.read(from, count, signal)
  for (let i = 0; i < count; i++) if (roundOf(bytes, i * basicBytes) === round) return from + i
  return undefined
}

/** Back to where the last record begins, unless it ends at `head`: what is not whole is no record. */
async function atBorder(ring: LogRing, head: number, signal: AbortSignal): Promise<number> {
  const block = await headerBefore(ring, head, mostRecordBlocks + mostInFlight, signal)
  if (block === undefined) throw damaged('the log has no record before its head')
  const bytes = await ring.read(block, 1, signal)
  const headerBlocks = Math.max(1, Math.ceil((bytes.readUInt32BE(8) & 2 ? bytes.readUInt32BE(320) : 0) / 32_768))
  const blocks = headerBlocks + Math.ceil(bytes.readUInt32BE(12) / basicBytes)
  return ring.wrap(head - block) === blocks || ring.wrap(head) === ring.wrap(block + blocks) ? head : block
}

/** The nearest header before `block`, at most `within` blocks away, around the end of the ring if need be. */
export async function headerBefore(
  ring: LogRing,
  block: number,
  within: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  const count = Math.min(within, ring.blocks)
  const bytes = await ring.read(block - count, count, signal)
  for (let i = count - 1; i >= 0; i--) {
    if (bytes.readUInt32BE(i * basicBytes) === recordMagic) return ring.wrap(block - count + i)
  }
  return undefined
}
