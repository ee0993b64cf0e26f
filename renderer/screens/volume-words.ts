import type { TFunction } from 'i18next'
import type { ContentKind, Volume } from '../../shared/files.ts'

/** What file systems call themselves is the same in every language; absent ones have a word in the texts. */
const ownNames = {
  ext2: 'ext2',
  ext3: 'ext3',
  ext4: 'ext4',
  xfs: 'XFS',
  ntfs: 'NTFS',
  fat12: 'FAT12',
  fat16: 'FAT16',
  fat32: 'FAT32',
  exfat: 'exFAT',
  btrfs: 'Btrfs',
  apfs: 'APFS',
  'hfs-plus': 'HFS+',
  iso9660: 'ISO 9660',
  udf: 'UDF',
  squashfs: 'SquashFS',
  refs: 'ReFS',
  zfs: 'ZFS',
} as const satisfies Partial<Readonly<Record<ContentKind, string>>>

export function contentText(content: ContentKind, t: TFunction): string {
  switch (content) {
    case 'swap':
    case 'luks':
    case 'bitlocker':
    case 'lvm2-member':
    case 'raid-member':
    case 'empty':
    case 'unknown':
      return t(`files.contents.${content}`)
    default:
      return ownNames[content]
  }
}

/** What people would call it: its label, else what the partition table calls it, else its place. Foreign text. */
export function volumeTitle({ label, name, id }: Volume): string {
  return [label, name, id].find((text) => text !== undefined && text.trim() !== '') ?? id
}
