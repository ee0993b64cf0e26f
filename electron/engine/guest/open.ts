import { Failure } from '../../../shared/failure.ts'
import type { ContentKind } from '../../../shared/files.ts'
import { openExt } from './ext/ext.ts'
import { openExfat } from './fat/exfat.ts'
import { openFat } from './fat/fat.ts'
import type { FileSystem, OpenFileSystem } from './guest.ts'
import { openMounted } from './libguestfs/mounted.ts'
import { openNtfs } from './ntfs/ntfs.ts'
import { sevenZip } from './seven-zip/seven-zip.ts'
import type { FoundVolume } from './volumes/volumes.ts'
import { openXfs } from './xfs/xfs.ts'

const openers: Partial<Record<ContentKind, OpenFileSystem>> = {
  ext2: openExt,
  ext3: openExt,
  ext4: openExt,
  xfs: openXfs,
  ntfs: openNtfs,
  fat12: openFat,
  fat16: openFat,
  fat32: openFat,
  exfat: openExfat,
}

/**
 * A reader for a volume that was found; owns nothing of its disk. Fails with `volume-locked` for what is encrypted,
 * `volume-unsupported` for what nobody reads, and as opening the reader does.
 */
export async function openFound(found: FoundVolume, signal: AbortSignal): Promise<FileSystem> {
  const { volume, disk } = found
  if (volume.refusal === 'encrypted')
    throw new Failure('volume-locked', `${volume.id} is encrypted (${volume.content})`)
  if (volume.reader === 'libguestfs' && disk !== undefined) return openMounted(volume.content, disk)
  const open = openers[volume.content] ?? sevenZip(volume.content)
  if (volume.refusal !== undefined || disk === undefined || open === undefined) {
    const why = volume.told ?? volume.refusal ?? 'there is no reader for it'
    throw new Failure('volume-unsupported', `${volume.id} (${volume.content}) is not read: ${why}`)
  }
  return await open(disk, signal)
}
