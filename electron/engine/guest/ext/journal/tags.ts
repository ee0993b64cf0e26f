import { crc32c } from '../../crc32c.ts'
import { hasTail, type LogHeader } from './header.ts'

/** One block that a transaction changes, in the order in which the log holds their new contents. */
export type Tag = {
  readonly block: number
  /** Its first word was the log's magic and stands there as 0. */
  readonly escaped: boolean
  /** 32 bits (v3) or 16 (v2) of what stands in the log. */
  readonly checksum: number
}

const headBytes = 12
const uuidBytes = 16
const flagsOf = { escaped: 1, sameUuid: 2, last: 8 }

/** The tags of a descriptor block. */
export function tagsIn(log: LogHeader, block: Buffer): readonly Tag[] {
  const tags: Tag[] = []
  const tagBytes = tagLength(log)
  const end = block.length - (hasTail(log) ? 4 : 0)
  for (let at = headBytes; at + tagBytes <= end; ) {
    const { flags, ...tag } = tagAt(log, block, at)
    tags.push(tag)
    if (flags & flagsOf.last) break
    at += tagBytes + (flags & flagsOf.sameUuid ? 0 : uuidBytes)
  }
  return tags
}

function tagLength({ checksums, wide }: LogHeader): number {
  if (checksums === 'v3') return 16
  return (wide ? 12 : 8) + (checksums === 'v2' ? 2 : 0)
}

function tagAt(log: LogHeader, block: Buffer, at: number): Tag & { readonly flags: number } {
  const low = block.readUInt32BE(at)
  const v3 = log.checksums === 'v3'
  const flags = v3 ? block.readUInt32BE(at + 4) : block.readUInt16BE(at + 6)
  const high = log.wide ? block.readUInt32BE(at + 8) : 0
  const checksum = v3 ? block.readUInt32BE(at + 12) : block.readUInt16BE(at + 4)
  return { block: low + high * 2 ** 32, escaped: (flags & flagsOf.escaped) !== 0, checksum, flags }
}

/** Whether a block as it stands in the log is the one that its tag tells of. */
export function isBlockSound(log: LogHeader, sequence: number, checksum: number, block: Uint8Array): boolean {
  if (!hasTail(log)) return true
  const number = Buffer.alloc(4)
  number.writeUInt32BE(sequence)
  const sum = crc32c(crc32c(log.checksumSeed, number), block)
  return (log.checksums === 'v3' ? sum : sum & 0xffff) === checksum
}

/** The blocks that a revocation block names: what older transactions say of them is void. */
export function revokedIn(log: LogHeader, block: Buffer): readonly number[] {
  const end = Math.min(block.readUInt32BE(headBytes), block.length - (hasTail(log) ? 4 : 0))
  const revoked: number[] = []
  const size = log.wide ? 8 : 4
  for (let at = headBytes + 4; at + size <= end; at += size) {
    revoked.push(log.wide ? block.readUInt32BE(at) * 2 ** 32 + block.readUInt32BE(at + 4) : block.readUInt32BE(at))
  }
  return revoked
}
