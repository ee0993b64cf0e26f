import type { ReadableDisk } from '../../disk/disk.ts'
import { glance } from '../bytes.ts'
import type { Content } from './signatures.ts'

const uberblocksAt = 128 * 1024
const uberblocksBytes = 128 * 1024
const slotBytes = 1024
const magic = 0x00bab10cn

/** The first label's ring of uberblocks, in either byte order ("ZFS On-Disk Specification", §1.3). */
export async function findZfs(disk: ReadableDisk, signal: AbortSignal): Promise<Content | undefined> {
  if (disk.sizeBytes < 64 * 1024 * 1024) return undefined
  const ring = await glance(disk, uberblocksAt, uberblocksBytes, signal)
  for (let at = 0; at < ring.length; at += slotBytes) {
    if (ring.readBigUInt64LE(at) === magic || ring.readBigUInt64BE(at) === magic) return { kind: 'zfs' }
  }
  return undefined
}
