/** IBM's code page 437 from 0x80 on, in which short names are taken to be written. */
const upperHalf =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0'

const [lowerBase, lowerExtension] = [0x08, 0x10]

/** The name in a short entry. Windows NT and later say in `flags` which half they were given in small letters. */
export function shortName(entry: Buffer): string {
  const bytes = Buffer.from(entry.subarray(0, 11))
  // 0xE5 marks what was deleted, so a name that begins with it is written with 5.
  if (bytes[0] === 0x05) bytes[0] = 0xe5
  const flags = entry.readUInt8(12)
  const base = half(bytes.subarray(0, 8), (flags & lowerBase) !== 0)
  const extension = half(bytes.subarray(8), (flags & lowerExtension) !== 0)
  return extension === '' ? base : `${base}.${extension}`
}

function half(bytes: Buffer, small: boolean): string {
  const text = codePage437(bytes).replace(/ +$/, '')
  return small ? text.toLowerCase() : text
}

export function codePage437(bytes: Uint8Array): string {
  return [...bytes].map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : upperHalf[byte - 0x80])).join('')
}

/** By which the parts of a long name belong to their short one. */
function shortChecksum(entry: Buffer): number {
  let sum = 0
  for (const byte of entry.subarray(0, 11)) sum = (((sum & 1) << 7) + (sum >> 1) + byte) & 0xff
  return sum
}

/**
 * Parts of a long name as they come, last part first. What does not continue, or belongs to another short name, was left behind by a
 * system that knows short names only.
 */
export class LongName {
  #parts: string[] = []
  #missing = 0
  #checksum = -1

  add(entry: Buffer): void {
    const order = entry.readUInt8(0)
    const number = order & 0x1f
    if ((order & 0x40) !== 0) {
      this.#parts = []
      this.#missing = number
      this.#checksum = entry.readUInt8(13)
    }
    const continues = number > 0 && number <= 20 && number === this.#missing && entry.readUInt8(13) === this.#checksum
    if (!continues) {
      this.forget()
      return
    }
    this.#missing--
    this.#parts.unshift(
      entry.toString('utf16le', 1, 11) + entry.toString('utf16le', 14, 26) + entry.toString('utf16le', 28, 32),
    )
  }

  forget(): void {
    this.#parts = []
    this.#missing = 0
    this.#checksum = -1
  }

  /** The long name of this short entry, if there is one; forgotten afterwards. */
  take(short: Buffer): string | undefined {
    const isWhole = this.#parts.length > 0 && this.#missing === 0 && this.#checksum === shortChecksum(short)
    const text = isWhole ? this.#parts.join('') : ''
    this.forget()
    const end = text.indexOf('\0')
    const name = end < 0 ? text : text.slice(0, end)
    return name === '' || name.length > 255 ? undefined : name
  }
}

/** Equal for names that differ in nothing but case, letter by letter as FAT compares. */
export function folded(name: string): string {
  let text = ''
  for (let at = 0; at < name.length; at++) {
    const letter = name.charAt(at)
    const upper = letter.toUpperCase()
    text += upper.length === 1 ? upper : letter
  }
  return text
}
