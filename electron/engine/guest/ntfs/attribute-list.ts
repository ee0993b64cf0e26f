import { big64, damaged, text16, u8, u16, u32, u64 } from './fields.ts'
import { type FileReference, parseReference } from './record.ts'

/** Where one attribute record of a file lies that has more of them than fit into its own file record. */
export type ListedAttribute = {
  readonly type: number
  readonly name: string
  readonly firstVcn: number
  readonly place: FileReference
}

/** Fails with `file-system-damaged`. */
export function parseAttributeList(bytes: Buffer): readonly ListedAttribute[] {
  const listed: ListedAttribute[] = []
  for (let at = 0; at + 26 <= bytes.length && u32(bytes, at) !== 0; ) {
    const lengthBytes = u16(bytes, at + 4)
    if (lengthBytes < 26) throw damaged(`an entry of ${lengthBytes} bytes in an attribute list`)
    listed.push({
      type: u32(bytes, at),
      name: text16(bytes, at + u8(bytes, at + 7), u8(bytes, at + 6)),
      firstVcn: u64(bytes, at + 8),
      place: parseReference(big64(bytes, at + 16)),
    })
    at += lengthBytes
  }
  return listed
}
