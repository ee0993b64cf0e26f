import { damaged } from './fields.ts'

/** The capital of every UTF-16 unit, as this volume has it (its $UpCase file). */
export type UpCase = Uint16Array

const units = 65_536
export const upCaseBytes = units * 2

/** Fails with `file-system-damaged`. */
export function parseUpCase(bytes: Buffer): UpCase {
  if (bytes.length !== upCaseBytes) throw damaged(`a table of capitals of ${bytes.length} bytes`)
  const upCase = Uint16Array.from({ length: units }, (_, unit) => bytes.readUInt16LE(unit * 2))
  if (upCase[0x61] !== 0x41 || upCase[0x41] !== 0x41) throw damaged('a table of capitals that are none')
  return upCase
}

/** For a volume whose own table is damaged: its folders may be ordered otherwise. */
export function plainUpCase(): UpCase {
  return Uint16Array.from({ length: units }, (_, unit) => {
    const capital = String.fromCharCode(unit).toUpperCase()
    return capital.length === 1 ? capital.charCodeAt(0) : unit
  })
}

/** Below zero where `a` comes first: by capitals, and a name before those that it begins. */
export function compareFolded(upCase: UpCase, a: string, b: string): number {
  const both = Math.min(a.length, b.length)
  for (let i = 0; i < both; i++) {
    const difference = (upCase[a.charCodeAt(i)] ?? 0) - (upCase[b.charCodeAt(i)] ?? 0)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/** The order of a folder's index: as above, and names that differ only in case by their units. */
export function compareNames(upCase: UpCase, a: string, b: string): number {
  const folded = compareFolded(upCase, a, b)
  if (folded !== 0 || a === b) return folded
  return a < b ? -1 : 1
}
