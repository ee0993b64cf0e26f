import type { ReadableDisk } from '../../disk/disk.ts'
import { glance, textOf, uuidText } from '../bytes.ts'
import type { Content } from './signatures.ts'

const magic = 0xa92b4efc
/** In version 1 superblocks the place of the superblock, in sectors, stands in itself: one that was copied is not taken. */
const ownSectorAt = 144

/** Linux's md: versions 1.1 and 1.2 at the beginning, 1.0 and 0.90 at the end of a member (md(4)). */
export async function findRaid(disk: ReadableDisk, head: Buffer, signal: AbortSignal): Promise<Content | undefined> {
  const first = isVersion1(head, 0, 0) ? 0 : 4096
  if (isVersion1(head, first, first)) return member(head.subarray(first))
  const at10 = (Math.floor(disk.sizeBytes / 512) - 16) * 512
  const at1 = at10 - (at10 % 4096)
  const tail = await glance(disk, at1, 256, signal)
  if (isVersion1(tail, 0, at1)) return member(tail)
  const at0 = disk.sizeBytes - (disk.sizeBytes % 65_536) - 65_536
  const old = await glance(disk, at0, 256, signal)
  const isOld = at0 >= 0 && old.readUInt32LE(0) === magic && old.readUInt32LE(4) === 0 && old.readUInt32LE(8) >= 90
  return isOld ? { kind: 'raid-member', told: 'md, metadata 0.90' } : undefined
}

function isVersion1(bytes: Buffer, at: number, place: number): boolean {
  if (bytes.readUInt32LE(at) !== magic || bytes.readUInt32LE(at + 4) !== 1) return false
  return bytes.readBigUInt64LE(at + ownSectorAt) === BigInt(place) / 512n
}

function member(superblock: Buffer): Content {
  const level = superblock.readInt32LE(72)
  const disks = superblock.readUInt32LE(92)
  return {
    kind: 'raid-member',
    label: textOf(superblock.subarray(32, 64), 'utf8'),
    uuid: uuidText(superblock.subarray(16, 32)),
    told: `md, level ${level}, ${disks} members`,
  }
}
