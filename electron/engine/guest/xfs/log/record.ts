import { crc32c } from '../../crc32c.ts'
import { damaged } from '../damage.ts'
import { basicBytes, type LogRing, mostRecordBlocks, recordMagic } from './ring.ts'

export type RecordHeader = {
  /** Where it stands on the ring. */
  readonly block: number
  readonly round: number
  /** Its own place, and that of the oldest record still needed: round in the upper, block in the lower 32 bits. */
  readonly lsn: bigint
  readonly tailBlock: number
  readonly headerBlocks: number
  readonly bodyBlocks: number
  readonly operations: number
  readonly bytes: Buffer
}

export type LogRecord = { readonly header: RecordHeader; readonly body: Buffer }

/** How many blocks' first words one block of header keeps. */
const wordsPerHeader = 64
/** `struct xlog_rec_header` on 64-bit kernels; without the padding at its end on 32-bit ones. */
const headerSizes = [328, 324]
const extraHeaderBytes = 260

/** What stands in a block that begins with the magic number; fails with `file-system-damaged` where it makes no sense. */
function decodeHeader(bytes: Buffer, block: number): RecordHeader {
  const version = bytes.readUInt32BE(8)
  const bodyBytes = bytes.readUInt32BE(12)
  const format = bytes.readUInt32BE(300)
  if (bytes.readUInt32BE(0) !== recordMagic || (version !== 1 && version !== 2)) throw damaged('the log has no record')
  // What is logged has the byte order of the machine; only that of little-endian Linux is read here.
  if (format !== 1) throw damaged(`the log is of another machine (format ${format})`)
  const bodyBlocks = bodyBytes / basicBytes
  if (!Number.isInteger(bodyBlocks) || bodyBlocks > mostRecordBlocks) throw damaged('the log has an endless record')
  const buffered = version === 2 ? bytes.readUInt32BE(320) : 0
  const headerBlocks = Math.max(1, Math.ceil(buffered / (wordsPerHeader * basicBytes)))
  if (headerBlocks > 8 || bodyBlocks > headerBlocks * wordsPerHeader)
    throw damaged('the log has a record of wrong size')
  return {
    block,
    round: bytes.readUInt32BE(4),
    lsn: bytes.readBigUInt64BE(16),
    tailBlock: bytes.readUInt32BE(28),
    headerBlocks,
    bodyBlocks,
    operations: bytes.readUInt32BE(40),
    bytes,
  }
}

export async function readHeader(ring: LogRing, block: number, signal: AbortSignal): Promise<RecordHeader> {
  return decodeHeader(await ring.read(block, 1, signal), ring.wrap(block))
}

export function afterRecord(ring: LogRing, { block, headerBlocks, bodyBlocks }: RecordHeader): number {
  return ring.wrap(block + headerBlocks + bodyBlocks)
}

/** The whole record; fails with `file-system-damaged` where not all of it was written. */
export async function readRecord(ring: LogRing, header: RecordHeader, signal: AbortSignal): Promise<LogRecord> {
  const { block, headerBlocks, bodyBlocks } = header
  const head = await ring.read(block, headerBlocks, signal)
  const body = await ring.read(block + headerBlocks, bodyBlocks, signal)
  needWritten(ring, header, body)
  if (!checksumFits(head, body)) throw damaged(`the record of the log at ${block} has a wrong checksum`)
  unpack(head, body)
  return { header, body }
}

/** Every block has the round's number as its first word; past the end of the ring, the next. */
function needWritten(ring: LogRing, { block, round, headerBlocks, bodyBlocks }: RecordHeader, body: Buffer): void {
  for (let i = 0; i < bodyBlocks; i++) {
    const wrapped = block + headerBlocks + i >= ring.blocks
    const wanted = wrapped ? nextRound(round) : round
    if (body.readUInt32BE(i * basicBytes) !== wanted) throw damaged(`the record of the log at ${block} is not whole`)
  }
}

/** A round is never numbered like the magic word of a header. */
function nextRound(round: number): number {
  return round + 1 === recordMagic ? round + 2 : round + 1
}

/** Kernels before 3.8 wrote none; what they wrote has only the stamps of the rounds. */
function checksumFits(head: Buffer, body: Buffer): boolean {
  const stored = head.readUInt32LE(32)
  return stored === 0 || headerSizes.some((sizeBytes) => checksum(head, body, sizeBytes) === stored)
}

function checksum(head: Buffer, body: Buffer, headerBytes: number): number {
  const first = Buffer.from(head.subarray(0, headerBytes))
  first.writeUInt32LE(0, 32)
  let state = crc32c(0xffffffff, first)
  const extras = Math.ceil(body.length / (wordsPerHeader * basicBytes)) - 1
  for (let i = 1; i <= extras; i++) {
    state = crc32c(state, head.subarray(i * basicBytes, i * basicBytes + extraHeaderBytes))
  }
  return ~crc32c(state, body) >>> 0
}

/** Puts the words back where the rounds' numbers were stamped. */
function unpack(head: Buffer, body: Buffer): void {
  for (let i = 0; i * basicBytes < body.length; i++) {
    const extra = Math.floor(i / wordsPerHeader)
    const at = extra * basicBytes + (extra === 0 ? 44 : 4) + (i % wordsPerHeader) * 4
    head.copy(body, i * basicBytes, at, at + 4)
  }
}
