import { Failure } from '../../../../shared/failure.ts'
import type { ReadableDisk } from '../../disk/disk.ts'

/** What a volume counts as the same letter. Undefined stands for itself. */
export type Upcase = ReadonlyMap<number, number>

const longestBytes = 65_536 * 2
/** Followed by a number of letters that stand for themselves. */
const compressed = 0xffff

/** "exFAT file system specification", §7.2. Fails with `file-system-damaged` where the table does not pass its checksum. */
export async function readUpcase(table: ReadableDisk, checksum: number, signal: AbortSignal): Promise<Upcase> {
  if (table.sizeBytes > longestBytes || table.sizeBytes % 2 !== 0) throw damaged('is too long')
  const bytes = Buffer.alloc(table.sizeBytes)
  await table.read(0, bytes, signal)
  let sum = 0
  for (const byte of bytes) sum = (((sum << 31) | (sum >>> 1)) + byte) >>> 0
  if (sum !== checksum) throw damaged('does not pass its checksum')
  return unpacked(bytes)
}

function unpacked(bytes: Buffer): Upcase {
  const upcase = new Map<number, number>()
  for (let at = 0, letter = 0; at < bytes.length && letter <= 0xffff; at += 2) {
    const value = bytes.readUInt16LE(at)
    if (value === compressed && at + 4 <= bytes.length) {
      at += 2
      letter += bytes.readUInt16LE(at)
    } else {
      if (value !== letter) upcase.set(letter, value)
      letter++
    }
  }
  return upcase
}

export function upcased(name: string, upcase: Upcase): string {
  let text = ''
  for (let at = 0; at < name.length; at++) {
    const letter = name.charCodeAt(at)
    text += String.fromCharCode(upcase.get(letter) ?? letter)
  }
  return text
}

function damaged(what: string): Failure {
  return new Failure('file-system-damaged', `The table of capital letters ${what}`)
}
