import { crc32c } from '../../crc32c.ts'
import { damaged } from '../volume.ts'

/** Everything of jbd2 is big endian. */
export const blockKinds = { descriptor: 1, commit: 2, superblockOld: 3, superblock: 4, revocation: 5 } as const

const magic = 0xc03b3998
const features = { wide: 0x2, asyncCommit: 0x4, checksums2: 0x8, checksums3: 0x10, fastCommit: 0x20 }
const known = 0x3f
const transactionChecksums = 0x1

export type BlockHead = { readonly kind: number; readonly sequence: number }

/** The first twelve bytes of a block of the log; undefined for what is none. */
export function headOf(block: Buffer): BlockHead | undefined {
  if (block.readUInt32BE(0) !== magic) return undefined
  return { kind: block.readUInt32BE(4), sequence: block.readUInt32BE(8) }
}

/** What stands in place of a block's first word in the log where that word is the log's own magic. */
export function restoreMagic(block: Uint8Array): void {
  new DataView(block.buffer, block.byteOffset).setUint32(0, magic)
}

export type LogHeader = {
  readonly blockBytes: number
  /** The log goes round in `[first, end)`, in blocks of the journal. */
  readonly first: number
  readonly end: number
  /** 0 where nothing has to be replayed. */
  readonly start: number
  readonly sequence: number
  /** Block numbers of 64 bits. */
  readonly wide: boolean
  readonly asyncCommit: boolean
  readonly checksums: 'none' | 'transaction' | 'v2' | 'v3'
  readonly checksumSeed: number
  /** Where fast commits begin. */
  readonly fastCommits: number | undefined
}

/** Fails with `file-system-damaged` for a journal of which nothing can be known. */
export function parseLogHeader(bytes: Buffer, journalBlocks: number): LogHeader {
  const kind = headOf(bytes)?.kind
  if (kind !== blockKinds.superblock && kind !== blockKinds.superblockOld)
    throw damaged('the journal has no superblock')
  // The first form had no features, and zeroes where they are now.
  const incompatible = kind === blockKinds.superblock ? bytes.readUInt32BE(0x28) : 0
  const compatible = kind === blockKinds.superblock ? bytes.readUInt32BE(0x24) : 0
  if (incompatible & ~known) throw damaged('the journal has features that are not known')
  if (incompatible & (features.checksums2 | features.checksums3)) needChecksum(bytes)
  const length = bytes.readUInt32BE(0x10)
  const fast = incompatible & features.fastCommit ? bytes.readUInt32BE(0x54) || 256 : 0
  return needSound(length, journalBlocks, {
    blockBytes: bytes.readUInt32BE(0xc),
    first: bytes.readUInt32BE(0x14),
    end: length - fast,
    start: bytes.readUInt32BE(0x1c),
    sequence: bytes.readUInt32BE(0x18),
    wide: (incompatible & features.wide) !== 0,
    asyncCommit: (incompatible & features.asyncCommit) !== 0,
    checksums: checksumsOf(incompatible, compatible),
    checksumSeed: crc32c(0xffffffff, bytes.subarray(0x30, 0x40)),
    fastCommits: fast > 0 ? length - fast + 1 : undefined,
  })
}

function needSound(length: number, journalBlocks: number, log: LogHeader): LogHeader {
  const goesRound = log.first >= 1 && log.first < log.end && length <= journalBlocks
  const starts = log.start === 0 || (log.start >= log.first && log.start < log.end)
  if (!goesRound || !starts) throw damaged('the superblock of the journal contradicts itself')
  return log
}

function checksumsOf(incompatible: number, compatible: number): LogHeader['checksums'] {
  if (incompatible & features.checksums3) return 'v3'
  if (incompatible & features.checksums2) return 'v2'
  return compatible & transactionChecksums ? 'transaction' : 'none'
}

function needChecksum(bytes: Buffer): void {
  const blank = Buffer.from(bytes.subarray(0, 1024))
  blank.writeUInt32BE(0, 0xfc)
  if (crc32c(0xffffffff, blank) !== bytes.readUInt32BE(0xfc))
    throw damaged("the journal's superblock has a wrong checksum")
}

/** Blocks of descriptors and revocations end with their sum, where blocks have sums. */
export function hasTail({ checksums }: LogHeader): boolean {
  return checksums === 'v2' || checksums === 'v3'
}

export function isTailSound(log: LogHeader, block: Buffer): boolean {
  return !hasTail(log) || isSumSound(log, block, block.length - 4)
}

/** A commit's sum stands behind its kind and length. */
export function isCommitSound(log: LogHeader, block: Buffer): boolean {
  return !hasTail(log) || isSumSound(log, block, 0x10)
}

function isSumSound({ checksumSeed }: LogHeader, block: Buffer, at: number): boolean {
  const blank = Buffer.from(block)
  blank.writeUInt32BE(0, at)
  return crc32c(checksumSeed, blank) === block.readUInt32BE(at)
}
