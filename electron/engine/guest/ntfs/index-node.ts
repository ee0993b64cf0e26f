import { big64, damaged, slice, u8, u16, u32, u64 } from './fields.ts'
import { type FileName, parseFileName } from './file-name.ts'
import { undoFixups } from './fixups.ts'
import { type FileReference, parseReference } from './record.ts'

/** A key of a folder's index. `key` is undefined in the last of a node; `below` is the node of what comes before it. */
export type IndexEntry = {
  readonly key: (FileName & { readonly file: FileReference }) | undefined
  readonly below: number | undefined
}

const hasBelow = 1
const isLast = 2

/** The entries of one node, whose header begins at `at`. Fails with `file-system-damaged`. */
function parseEntries(node: Buffer, at: number): readonly IndexEntry[] {
  const entries: IndexEntry[] = []
  const bytes = slice(node, at, u32(node, at + 4))
  for (let start = u32(bytes, 0); ; ) {
    const lengthBytes = u16(bytes, start + 8)
    const flags = u16(bytes, start + 12)
    if (lengthBytes < 16) throw damaged(`an entry of ${lengthBytes} bytes in a folder`)
    const entry = slice(bytes, start, lengthBytes)
    entries.push({
      key: (flags & isLast) === 0 ? keyOf(entry) : undefined,
      below: (flags & hasBelow) === 0 ? undefined : u64(entry, lengthBytes - 8),
    })
    if ((flags & isLast) !== 0) return entries
    start += lengthBytes
  }
}

function keyOf(entry: Buffer): NonNullable<IndexEntry['key']> {
  return { ...parseFileName(slice(entry, 16, u16(entry, 10))), file: parseReference(big64(entry, 0)) }
}

export type IndexRoot = { readonly entries: readonly IndexEntry[]; readonly blockBytes: number }

const fileNames = 0x30
const byFileName = 1

/** Parses the value of a folder's $INDEX_ROOT. */
export function parseIndexRoot(value: Buffer): IndexRoot {
  const blockBytes = u32(value, 8)
  if (u32(value, 0) !== fileNames || u32(value, 4) !== byFileName) throw damaged('a folder that is not by name')
  if (u8(value, 8) !== 0 || blockBytes < 512 || blockBytes > 65_536 || !Number.isInteger(Math.log2(blockBytes))) {
    throw damaged(`nodes of ${blockBytes} bytes in a folder`)
  }
  return { entries: parseEntries(value, 16), blockBytes }
}

/** Parses a block of $INDEX_ALLOCATION as it lies on the disk; changes it. `vcn` is what it must say of its place. */
export function parseIndexBlock(block: Buffer, vcn: number): readonly IndexEntry[] {
  undoFixups(block, 'INDX', `folder node ${vcn}`)
  if (u64(block, 16) !== vcn) throw damaged(`folder node ${vcn} says that it is another`)
  return parseEntries(block, 24)
}
