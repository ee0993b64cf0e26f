import type { ContentKind } from '../../../../shared/files.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import { glance } from '../bytes.ts'
import { findRaid } from './raid-signature.ts'
import { type Content, signatureIn } from './signatures.ts'
import { findSpare } from './spare-signature.ts'
import { findZfs } from './zfs-signature.ts'

/** All signatures but those at a volume's end and ZFS's lie in here: btrfs has the last, at 64 KiB. */
const headBytes = 68 * 1024

/**
 * What lies on a volume by its own signature, never by what a partition table calls it. A member of an array is told from its
 * content first, because with its superblock at the end its beginning looks like a file system.
 */
export async function detect(disk: ReadableDisk, signal: AbortSignal): Promise<Content> {
  const head = await glance(disk, 0, headBytes, signal)
  const found =
    (await findRaid(disk, head, signal)) ??
    signatureIn(head, disk.sizeBytes) ??
    (await findZfs(disk, signal)) ??
    (await findSpare(disk, signal))
  if (found !== undefined) return found
  return { kind: head.every((byte) => byte === 0) ? 'empty' : 'unknown' }
}

/** File systems of which a reader of ours is told to be the one. */
export const ownKinds: ReadonlySet<ContentKind> = new Set<ContentKind>([
  'ext2',
  'ext3',
  'ext4',
  'xfs',
  'ntfs',
  'fat12',
  'fat16',
  'fat32',
  'exfat',
])

/** File systems that 7-Zip reads. */
export const sevenZipKinds: ReadonlySet<ContentKind> = new Set<ContentKind>([
  'apfs',
  'hfs-plus',
  'iso9660',
  'udf',
  'squashfs',
])
