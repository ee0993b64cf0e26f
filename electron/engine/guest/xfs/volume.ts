import type { ReadableDisk } from '../../disk/disk.ts'
import { crc32c } from '../crc32c.ts'
import { damaged } from './damage.ts'
import type { Geometry } from './geometry.ts'

/** What every part of the reader works on. `disk` shows the log replayed. */
export type XfsVolume = {
  readonly disk: ReadableDisk
  readonly geometry: Geometry
  /** Whether the replay changed anything in the range: what it writes has its checksum from before. */
  readonly replayed: (offset: number, lengthBytes: number) => boolean
  /** Inodes whose block maps were being exchanged by steps that the log does not hold to their end. */
  readonly unfinished: ReadonlySet<number>
}

/** A structure read from the disk; `offset` is where it begins, `replayed` whether the log wrote part of it. */
export type Block = { readonly bytes: Buffer; readonly offset: number; readonly replayed: boolean }

/** Where the self-describing header of a structure of version 5 has its fields. */
export type Stamp = {
  readonly checksumAt: number
  readonly uuidAt: number
  readonly ownerAt: number
  /** The structure's own place in sectors of 512 bytes. */
  readonly placeAt?: number
}

/** Fails with `file-system-damaged` unless the block is sound and the very one that was asked for. Version 4 has nothing to check. */
export function needStamp(volume: XfsVolume, block: Block, stamp: Stamp, owner: number, what: string): void {
  const { bytes, offset, replayed } = block
  if (volume.geometry.version === 4) return
  const { uuidAt, ownerAt, placeAt, checksumAt } = stamp
  const says = (sentence: string) => damaged(`${what} at ${offset} ${sentence}`)
  if (!bytes.subarray(uuidAt, uuidAt + 16).equals(volume.geometry.metaUuid)) throw says('is of another file system')
  if (bytes.readBigUInt64BE(ownerAt) !== BigInt(owner)) throw says(`does not belong to inode ${owner}`)
  if (placeAt !== undefined && bytes.readBigUInt64BE(placeAt) !== BigInt(offset / 512)) throw says('is out of place')
  if (!replayed && !checksumFits(bytes, checksumAt)) throw says('has a wrong checksum')
}

const zeroes = Buffer.alloc(4)

/** CRC-32C over the structure with zeroes where the checksum stands, which alone is little-endian. */
function checksumFits(bytes: Buffer, checksumAt: number): boolean {
  const before = crc32c(0xffffffff, bytes.subarray(0, checksumAt))
  const after = crc32c(crc32c(before, zeroes), bytes.subarray(checksumAt + 4))
  return ~after >>> 0 === bytes.readUInt32LE(checksumAt)
}
