import type { FileFacts } from '../guest.ts'
import type { Inode } from './inode.ts'
import { linkTarget } from './link.ts'
import type { XfsVolume } from './volume.ts'

const immutable = 0x8
const appendOnly = 0x10

export async function factsOf(volume: XfsVolume, inode: Inode, signal: AbortSignal): Promise<FileFacts> {
  const attributes: ('immutable' | 'append-only')[] = []
  if ((inode.flags & immutable) !== 0) attributes.push('immutable')
  if ((inode.flags & appendOnly) !== 0) attributes.push('append-only')
  return {
    kind: inode.kind,
    sizeBytes: inode.sizeBytes,
    allocatedBytes: inode.blocks * volume.geometry.blockBytes,
    modifiedAt: inode.modifiedAt,
    changedAt: inode.changedAt,
    accessedAt: inode.accessedAt,
    ...(inode.createdAt !== undefined && { createdAt: inode.createdAt }),
    mode: inode.mode,
    uid: inode.uid,
    gid: inode.gid,
    links: inode.links,
    ...(inode.kind === 'link' && { target: await linkTarget(volume, inode, signal) }),
    ...deviceOf(inode),
    ...(attributes.length > 0 && { attributes }),
  }
}

/** 14 bits of major, 18 of minor number, as System V had them. */
function deviceOf({ kind, fork }: Inode): Pick<FileFacts, 'device'> {
  if (kind !== 'char-device' && kind !== 'block-device') return {}
  const device = fork.readUInt32BE(0)
  return { device: { major: device >>> 18, minor: device & 0x3ffff } }
}
