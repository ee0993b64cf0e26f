import { type Attribute, parseAttributes } from './attribute.ts'
import { big64, damaged, u16, u32 } from './fields.ts'
import { undoFixups } from './fixups.ts'

/** A file's place in the master file table, and how often that place was used: a reference to a former file shows. */
export type FileReference = { readonly number: number; readonly sequence: number }

export type FileRecord = FileReference & {
  readonly isInUse: boolean
  readonly isFolder: boolean
  /** The record to which this one only adds; undefined for a file's own. */
  readonly base: FileReference | undefined
  readonly attributes: readonly Attribute[]
}

/** Parses the bytes of a record as they lie on the disk; changes them. Fails with `file-system-damaged`. */
export function parseRecord(bytes: Buffer, number: number): FileRecord {
  undoFixups(bytes, 'FILE', `file record ${number}`)
  const flags = u16(bytes, 22)
  const isInUse = (flags & 1) !== 0
  const used = u32(bytes, 24)
  if (used > bytes.length) throw damaged(`file record ${number} is longer than its room`)
  const base = parseReference(big64(bytes, 32))
  return {
    number,
    sequence: u16(bytes, 16),
    isInUse,
    isFolder: (flags & 2) !== 0,
    base: base.number === 0 && base.sequence === 0 ? undefined : base,
    attributes: isInUse ? parseAttributes(bytes, u16(bytes, 20), used) : [],
  }
}

/** 48 bits of the record's number, 16 of its sequence. */
export function parseReference(value: bigint): FileReference {
  return { number: Number(value & 0xffffffffffffn), sequence: Number(value >> 48n) }
}

export function isSame(a: FileReference, b: FileReference): boolean {
  return a.number === b.number && a.sequence === b.sequence
}
