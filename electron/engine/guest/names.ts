/**
 * Names as bytes, as file systems of Unix have them, to text and back without loss: a byte that is no UTF-8 becomes the lone
 * surrogate U+DC80 + (byte − 0x80), as PEP 383 has it. UTF-8 that encodes surrogates is no UTF-8 (RFC 3629) and is escaped byte by byte.
 */
export function nameFromBytes(bytes: Uint8Array): string {
  const text = utf8(bytes)
  if (text !== undefined) return text
  let name = ''
  for (let at = 0; at < bytes.length; ) {
    const length = lengthAt(bytes, at)
    const piece = length === 0 ? undefined : utf8(bytes.subarray(at, at + length))
    name += piece ?? String.fromCharCode(0xdc00 + (bytes[at] ?? 0))
    at += piece === undefined ? 1 : length
  }
  return name
}

/** The reverse; lone surrogates that stand for no byte become U+FFFD, as everywhere in the platform. */
export function nameToBytes(name: string): Uint8Array {
  const pieces: Uint8Array[] = []
  for (const piece of name.split(/([\udc80-\udcff])(?<![\ud800-\udbff][\udc80-\udcff])/)) {
    const code = piece.length === 1 ? piece.charCodeAt(0) : 0
    pieces.push(code >= 0xdc80 && code <= 0xdcff ? Uint8Array.of(code - 0xdc00) : new TextEncoder().encode(piece))
  }
  return Buffer.concat(pieces)
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes)
  } catch {
    return undefined
  }
}

/** Bytes of the sequence that begins here, 0 where none can. */
function lengthAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0
  if (first < 0x80) return 1
  if (first < 0xc2 || first > 0xf4) return 0
  if (first < 0xe0) return 2
  return first < 0xf0 ? 3 : 4
}
