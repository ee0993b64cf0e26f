import { extraBytes, type Inode } from './inode.ts'
import { damaged } from './volume.ts'

const attributesMagic = 0xea020000
const systemIndex = 7
const firstBytes = 60

/** What an inode with inline data holds: its 60 bytes of block map, and then the value of its attribute `system.data`. */
export type InlineData = { readonly first: Buffer; readonly rest: Buffer }

export function inlineDataOf(inode: Inode): InlineData {
  const first = inode.bytes.subarray(0x28, 0x28 + firstBytes)
  return { first, rest: systemData(inode) }
}

/** Content of a file or a link; where its size says more than is there, it is damaged. */
export function inlineContent(inode: Inode): Buffer {
  const { first, rest } = inlineDataOf(inode)
  const all = Buffer.concat([first, rest])
  if (inode.sizeBytes > all.length) throw damaged(`inode ${inode.number} holds less than its size`)
  return all.subarray(0, inode.sizeBytes)
}

/** Attributes in an inode: a magic, entries of 16 bytes and a name, and values that count from the first entry. */
function systemData(inode: Inode): Buffer {
  const extra = extraBytes(inode.bytes)
  const start = 128 + extra
  if (extra === 0 || start + 4 > inode.bytes.length || inode.bytes.readUInt32LE(start) !== attributesMagic) {
    throw damaged(`inode ${inode.number} lacks the attribute of its inline data`)
  }
  const area = inode.bytes.subarray(start + 4)
  for (let at = 0; at + 16 <= area.length && area.readUInt32LE(at) !== 0; ) {
    const nameLength = area.readUInt8(at)
    const isData =
      area.readUInt8(at + 1) === systemIndex && area.toString('latin1', at + 16, at + 16 + nameLength) === 'data'
    if (isData) return valueIn(inode, area, at)
    at += (16 + nameLength + 3) & ~3
  }
  throw damaged(`inode ${inode.number} lacks the attribute of its inline data`)
}

function valueIn(inode: Inode, area: Buffer, at: number): Buffer {
  const offset = area.readUInt16LE(at + 2)
  const lengthBytes = area.readUInt32LE(at + 8)
  // A value in an inode of its own, or behind the inode's end, is none that the kernel would write.
  if (area.readUInt32LE(at + 4) !== 0 || offset + lengthBytes > area.length) {
    throw damaged(`inode ${inode.number} has its inline data outside itself`)
  }
  return area.subarray(offset, offset + lengthBytes)
}
