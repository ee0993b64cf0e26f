import { damaged } from '../damage.ts'
import type { LogItem } from './transaction.ts'

/** `XFS_LI_*`. */
export const itemKinds = {
  inode: 0x123b,
  buffer: 0x123c,
  inodeCreate: 0x123f,
  mapIntent: 0x1244,
  mapDone: 0x1245,
  exchangeIntent: 0x1248,
  exchangeDone: 0x1249,
} as const

/**
 * Known, and of no matter to a reader: blocks to be freed (EFI, EFD), unlinking of what has no name any more, quotas, the maps of owners
 * (RUI, RUD) and of shared blocks (CUI, CUD), extended attributes (ATTRI, ATTRD), and the same of real-time devices.
 */
const ofNoMatter: ReadonlySet<number> = new Set([
  0x1236, 0x1237, 0x1238, 0x123d, 0x123e, 0x1240, 0x1241, 0x1242, 0x1243, 0x1246, 0x1247, 0x124a, 0x124b, 0x124c,
  0x124d, 0x124e, 0x124f,
])

/** `struct xfs_buf_log_format`: which pieces of 128 bytes of a buffer were logged. Places and lengths in 512 bytes. */
export type BufferItem = {
  readonly place: number
  readonly blocks: number
  /** Nothing older than this may be put there: it was freed, and may hold a file's bytes now. */
  readonly cancels: boolean
  /** Only the chains of unlinked inodes in it were logged; the rest of an inode comes as an inode. */
  readonly isUnlinked: boolean
  readonly isQuota: boolean
  readonly bitmap: Buffer
  readonly regions: readonly Buffer[]
}

export function decodeBufferItem({ regions }: LogItem): BufferItem {
  const [head, ...rest] = regions
  if (head === undefined || head.length < 24) throw damaged('the log has a buffer without a header')
  const flags = head.readUInt16LE(4)
  const mapBytes = head.readUInt32LE(16) * 4
  if (20 + mapBytes > head.length) throw damaged('the log has a buffer without its bitmap')
  return {
    place: Number(head.readBigInt64LE(8)),
    blocks: head.readUInt16LE(6),
    cancels: (flags & 0x2) !== 0,
    isUnlinked: (flags & 0x1) !== 0,
    isQuota: (flags & 0x1c) !== 0,
    bitmap: head.subarray(20, 20 + mapBytes),
    regions: rest,
  }
}

/** `struct xfs_inode_log_format`: where an inode lies, which parts of it follow. */
export type InodeItem = {
  readonly inode: number
  readonly fields: number
  readonly place: number
  readonly blocks: number
  readonly offset: number
  readonly device: number
  readonly core: Buffer
  readonly fork: Buffer | undefined
}

export function decodeInodeItem({ regions }: LogItem): InodeItem {
  const [head, core, fork] = regions
  // 32-bit kernels have no padding before the inode's number.
  const pad = head?.length === 52 ? 0 : 4
  if (head === undefined || head.length < 52 + pad || core === undefined) throw damaged('the log has half an inode')
  return {
    inode: Number(head.readBigUInt64LE(12 + pad)),
    fields: head.readUInt32LE(4),
    place: Number(head.readBigInt64LE(36 + pad)),
    blocks: head.readInt32LE(44 + pad),
    offset: head.readInt32LE(48 + pad),
    device: head.readUInt32LE(20 + pad),
    core,
    fork,
  }
}

/** `struct xfs_icreate_log`: new inodes, all alike, which are not logged one by one. */
export type InodeCreateItem = {
  readonly group: number
  readonly block: number
  readonly count: number
  readonly inodeBytes: number
  readonly blocks: number
  readonly generation: number
}

export function decodeInodeCreateItem({ regions }: LogItem): InodeCreateItem {
  const head = regions[0]
  if (head === undefined || head.length < 28) throw damaged('the log has half a chunk of inodes')
  const [group = 0, block = 0, count = 0, inodeBytes = 0, blocks = 0, generation = 0] = [4, 8, 12, 16, 20, 24].map(
    (at) => head.readUInt32BE(at),
  )
  return { group, block, count, inodeBytes, blocks, generation }
}

/** A step that moves blocks of files about, which was begun or done. */
type MoveItem =
  | { readonly kind: 'begun'; readonly id: string; readonly inodes: readonly number[] }
  | { readonly kind: 'done'; readonly id: string }

/** Undefined for all else. Fails with `file-system-damaged` for what is not known: then nothing of the log is. */
export function decodeMoveItem({ kind, regions }: LogItem): MoveItem | undefined {
  const head = regions[0] ?? Buffer.alloc(0)
  const { inode, buffer, inodeCreate, mapIntent, mapDone, exchangeIntent, exchangeDone } = itemKinds
  if (kind === inode || kind === buffer || kind === inodeCreate || ofNoMatter.has(kind)) return undefined
  const isMove = kind === mapIntent || kind === mapDone || kind === exchangeIntent || kind === exchangeDone
  if (!isMove) throw damaged(`the log has an item of unknown kind ${kind.toString(16)}`)
  const isExchange = kind === exchangeIntent || kind === exchangeDone
  if (head.length < 16) throw damaged('the log has half a step')
  const id = `${isExchange ? 'exchange' : 'map'} ${head.readBigUInt64LE(8)}`
  if (kind === mapDone || kind === exchangeDone) return { kind: 'done', id }
  const step = isExchange ? 8 : 32
  const room = Math.floor((head.length - 16) / step)
  const count = Math.min(room, isExchange ? 2 : head.readUInt32LE(4))
  return {
    kind: 'begun',
    id,
    inodes: Array.from({ length: count }, (_, i) => Number(head.readBigUInt64LE(16 + i * step))),
  }
}
