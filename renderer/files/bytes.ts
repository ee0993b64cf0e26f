/** Raster pictures that a browser decodes and that the engine serves as such, by their first bytes. */
const pictures: readonly (readonly [kind: string, starts: (bytes: Uint8Array) => boolean])[] = [
  ['png', (bytes) => begins(bytes, 0, [0x89, 0x50, 0x4e, 0x47])],
  ['jpeg', (bytes) => begins(bytes, 0, [0xff, 0xd8, 0xff])],
  ['gif', (bytes) => begins(bytes, 0, [0x47, 0x49, 0x46, 0x38])],
  ['webp', (bytes) => begins(bytes, 0, [0x52, 0x49, 0x46, 0x46]) && begins(bytes, 8, [0x57, 0x45, 0x42, 0x50])],
  ['bmp', (bytes) => begins(bytes, 0, [0x42, 0x4d]) && bytes.length > 14 && begins(bytes, 6, [0, 0, 0, 0])],
]

export const encodings = ['utf-8', 'utf-16le', 'utf-16be', 'gb18030', 'big5', 'shift_jis', 'windows-1252'] as const
export type Encoding = (typeof encodings)[number]

/** What a file's beginning looks like. Bytes say no encoding for sure: people can choose another. */
export type Look =
  | { readonly kind: 'picture' }
  | { readonly kind: 'text'; readonly encoding: Encoding }
  | { readonly kind: 'binary' }

export function lookAt(bytes: Uint8Array): Look {
  if (pictures.some(([, starts]) => starts(bytes))) return { kind: 'picture' }
  const encoding = guessEncoding(bytes)
  return encoding === undefined ? { kind: 'binary' } : { kind: 'text', encoding }
}

function begins(bytes: Uint8Array, offset: number, wanted: readonly number[]): boolean {
  return wanted.every((byte, at) => bytes[offset + at] === byte)
}

function guessEncoding(bytes: Uint8Array): Encoding | undefined {
  if (begins(bytes, 0, [0xff, 0xfe])) return 'utf-16le'
  if (begins(bytes, 0, [0xfe, 0xff])) return 'utf-16be'
  const wide = wideEncoding(bytes)
  if (wide !== undefined) return wide
  if (isBinary(bytes)) return undefined
  if (decodes(bytes, 'utf-8')) return 'utf-8'
  return decodes(bytes, 'gb18030') ? 'gb18030' : 'windows-1252'
}

/** Without a mark: Latin text in UTF-16 has a zero in every second byte, and in no other. */
function wideEncoding(bytes: Uint8Array): Encoding | undefined {
  if (bytes.length < 8) return undefined
  let even = 0
  let odd = 0
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    if (bytes[at] === 0) even++
    if (bytes[at + 1] === 0) odd++
  }
  const pairs = Math.floor(bytes.length / 2)
  if (odd > pairs * 0.7 && even === 0) return 'utf-16le'
  return even > pairs * 0.7 && odd === 0 ? 'utf-16be' : undefined
}

/** A zero byte, or more control characters than text ever has. */
function isBinary(bytes: Uint8Array): boolean {
  let controls = 0
  for (const byte of bytes) {
    if (byte === 0) return true
    if (byte < 32 && (byte < 8 || byte > 13) && byte !== 27) controls++
  }
  return controls > bytes.length * 0.02
}

/** The last few bytes may be the first ones of a character that was cut. */
function decodes(bytes: Uint8Array, encoding: Encoding): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}

export function decodeText(bytes: Uint8Array, encoding: Encoding): string {
  return new TextDecoder(encoding).decode(bytes)
}

const lineBytes = 16

/** `00000010  68 65 6c 6c 6f …  hello…`; `offset` is that of the first byte in its file. */
export function hexLines(bytes: Uint8Array, offset: number): readonly string[] {
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += lineBytes) {
    const part = [...bytes.subarray(at, at + lineBytes)]
    const hex = part.map((byte) => byte.toString(16).padStart(2, '0'))
    const text = part.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '·')).join('')
    const address = (offset + at).toString(16).padStart(8, '0')
    lines.push(`${address}  ${hex.join(' ').padEnd(lineBytes * 3 - 1)}  ${text}`)
  }
  return lines
}

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}
