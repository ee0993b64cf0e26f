import { damaged, u8, u16 } from './fields.ts'

/** A chunk unpacks to this many bytes; the last of a unit to at most as many. */
const chunkBytes = 4096

/**
 * Unpacks a compression unit of NTFS (MS-XCA 2.5, LZNT1). What the chunks do not fill is zeroes. Fails with `file-system-damaged` for
 * what LZNT1 cannot be.
 */
export function unpackLznt1(packed: Buffer, unitBytes: number): Buffer {
  const unit = Buffer.alloc(unitBytes)
  for (let at = 0, to = 0; to < unitBytes && at + 2 <= packed.length; to += chunkBytes) {
    const header = packed.readUInt16LE(at)
    if (header === 0) break
    const end = at + 3 + (header & 0xfff)
    if ((header & 0x7000) !== 0x3000 || end > packed.length) throw damaged('a packed unit that is none of LZNT1')
    const into = unit.subarray(to, to + chunkBytes)
    if ((header & 0x8000) !== 0) unpackChunk(packed.subarray(at + 2, end), into)
    else if (packed.copy(into, 0, at + 2, end) < end - at - 2) throw damaged('a chunk is longer than its unit')
    at = end
  }
  return unit
}

/** A byte of flags, and for each of its bits, the lowest first, a byte as it stands or a copy of what was unpacked before. */
function unpackChunk(packed: Buffer, into: Buffer): void {
  let to = 0
  let flags = 0
  for (let at = 0, item = 0; at < packed.length; item++) {
    if (item % 8 === 0) flags = u8(packed, at++)
    if (at === packed.length) return
    const isCopy = ((flags >> (item % 8)) & 1) === 1
    to = isCopy ? copyBack(into, to, u16(packed, at)) : putByte(into, to, u8(packed, at))
    at += isCopy ? 2 : 1
  }
}

function putByte(into: Buffer, to: number, byte: number): number {
  if (to >= into.length) throw damaged('a chunk unpacks to more than its room')
  into[to] = byte
  return to + 1
}

/** Sixteen bits hold how far back and how many less three; the farther in the chunk, the more of them say how far. */
function copyBack(into: Buffer, to: number, pair: number): number {
  const farBits = Math.max(4, 32 - Math.clz32(to - 1))
  const lengthBits = 16 - farBits
  const from = to - (pair >> lengthBits) - 1
  const end = to + (pair & ((1 << lengthBits) - 1)) + 3
  if (to === 0 || from < 0 || end > into.length) throw damaged('a copy from outside its chunk')
  for (let i = 0; to + i < end; i++) into[to + i] = into[from + i] ?? 0
  return end
}
