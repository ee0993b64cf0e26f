import { readAt } from '../../bytes.ts'
import { damaged } from '../damage.ts'
import type { Geometry } from '../geometry.ts'
import type { BufferItem } from './items.ts'
import type { Overlay } from './overlay.ts'
import { basicBytes } from './ring.ts'

const pieceBytes = 128

/** Where structures of version 5 keep the place in the log of their last change, and whose they are. */
type Marked = { readonly lsnAt: number; readonly uuidAt: number }

const byText: Readonly<Record<string, Marked>> = {
  AB3B: { lsnAt: 24, uuidAt: 32 },
  AB3C: { lsnAt: 24, uuidAt: 32 },
  ABTB: { lsnAt: 24, uuidAt: 32 },
  ABTC: { lsnAt: 24, uuidAt: 32 },
  IAB3: { lsnAt: 24, uuidAt: 32 },
  FIB3: { lsnAt: 24, uuidAt: 32 },
  RMB3: { lsnAt: 24, uuidAt: 32 },
  R3FC: { lsnAt: 24, uuidAt: 32 },
  BMA3: { lsnAt: 32, uuidAt: 40 },
  XAGF: { lsnAt: 208, uuidAt: 64 },
  XAGI: { lsnAt: 320, uuidAt: 296 },
  XAFL: { lsnAt: 24, uuidAt: 8 },
  XSLM: { lsnAt: 48, uuidAt: 16 },
  XDB3: { lsnAt: 16, uuidAt: 24 },
  XDD3: { lsnAt: 16, uuidAt: 24 },
  XDF3: { lsnAt: 16, uuidAt: 24 },
  XFSB: { lsnAt: 240, uuidAt: 32 },
}
/** Indexes of folders and of extended attributes. */
const byNumber: ReadonlySet<number> = new Set([0x3df1, 0x3dff, 0x3ebe, 0x3bee])

/**
 * Puts the logged pieces of a buffer in their places; all of them lie in `regions` in order, split where the log was full. `isFirst` is
 * whether the log has not written there yet: then what is on the disk may be newer.
 */
export async function applyBuffer(
  overlay: Overlay,
  geometry: Geometry,
  item: BufferItem,
  { lsn, isFirst }: { readonly lsn: bigint; readonly isFirst: boolean },
  signal: AbortSignal,
): Promise<void> {
  const offset = item.place * basicBytes
  const bytes = await readAt(overlay.disk, offset, item.blocks * basicBytes, signal)
  if (isFirst && geometry.version === 5 && lsnOf(geometry, bytes) >= lsn) return
  for (const { start, data } of piecesOf(item)) {
    if (start + data.length > bytes.length) throw damaged('the log has a buffer that is longer than it says')
    await overlay.write(offset + start, data, signal)
  }
}

/** 0 where nothing is known of what lies there, or that it was never logged: then the log is right. */
function lsnOf(geometry: Geometry, bytes: Buffer): bigint {
  const text = byText[bytes.toString('latin1', 0, 4)]
  const marked = text ?? (byNumber.has(bytes.readUInt16BE(8)) ? { lsnAt: 24, uuidAt: 32 } : undefined)
  if (marked === undefined) return 0n
  const isSuperblock = marked.lsnAt === 240
  const uuid = bytes.subarray(marked.uuidAt, marked.uuidAt + 16)
  if (!isSuperblock && !uuid.equals(geometry.metaUuid)) return 0n
  const lsn = bytes.readBigUInt64BE(marked.lsnAt)
  return lsn === 0xffff_ffff_ffff_ffffn ? 0n : lsn
}

type Piece = { readonly start: number; readonly data: Buffer }

/** A run of set bits is one region, or several where it was split. */
function* piecesOf({ bitmap, regions }: BufferItem): Generator<Piece> {
  let bit = 0
  for (const region of regions) {
    while (bit < bitmap.length * 8 && !isSet(bitmap, bit)) bit++
    let end = bit
    while (end < bitmap.length * 8 && isSet(bitmap, end) && (end - bit) * pieceBytes < region.length) end++
    if (end === bit) throw damaged('the log has more of a buffer than its bitmap says')
    yield { start: bit * pieceBytes, data: region.subarray(0, (end - bit) * pieceBytes) }
    bit = end
  }
}

function isSet(bitmap: Buffer, bit: number): boolean {
  return ((bitmap.readUInt32LE((bit >>> 5) * 4) >>> (bit & 31)) & 1) === 1
}
