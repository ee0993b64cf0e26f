import type { ReadableDisk } from '../../disk/disk.ts'
import { glance } from '../bytes.ts'
import { type Content, signatureIn } from './signatures.ts'

const told = 'its first description is damaged; a spare one was found'

/**
 * Where the beginning tells nothing: NTFS keeps its boot sector again in the volume's last sector, FAT32 in sector 6, exFAT
 * in sector 12, ext in block group 1, and XFS in every allocation group, of which `mkfs.xfs` makes four unless told otherwise.
 */
export async function findSpare(disk: ReadableDisk, signal: AbortSignal): Promise<Content | undefined> {
  for (const { at, kinds } of places(disk.sizeBytes)) {
    if (at <= 0 || at + 512 > disk.sizeBytes) continue
    const found = signatureIn(await glance(disk, at, 68 * 1024, signal), disk.sizeBytes)
    if (found !== undefined && kinds.some((kind) => found.kind.startsWith(kind))) return { ...found, told }
  }
  return undefined
}

type Place = { readonly at: number; readonly kinds: readonly string[] }

function places(sizeBytes: number): readonly Place[] {
  const lastSector = sizeBytes - (sizeBytes % 512) - 512
  // The copy in a group stands at its first block, with no boot block before it: a probe expects it 1,024 bytes in.
  const groups = [1024, 2048, 4096].map((block) => (block === 1024 ? 1 : 0) * block + block * 8 * block - 1024)
  return [
    { at: lastSector, kinds: ['ntfs'] },
    ...[512, 4096].flatMap((sector) => [
      { at: 6 * sector, kinds: ['fat32'] },
      { at: 12 * sector, kinds: ['exfat'] },
    ]),
    ...groups.map((at) => ({ at, kinds: ['ext'] })),
    { at: Math.ceil(Math.floor(sizeBytes / 4096) / 4) * 4096, kinds: ['xfs'] },
  ]
}
