import { createHash } from 'node:crypto'

/** Long enough for people, short enough for every file system with an ending and a token behind it. */
const limitBytes = 180

/** What some file system or shell takes for more than a letter: separators, Windows' reserved ones, control and direction marks. */
const unsafe = /[%/\\<>:"|?*\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]|^[.\s-]|[.\s]$/gu

/**
 * A file name that shows `text`, a name given by a guest's owner, and can do nothing: unsafe characters are percent-encoded;
 * what is too long is cut and told apart by eight digits of its SHA-256.
 */
export function fileNameOf(text: string): string {
  const shown = text.toWellFormed().replace(unsafe, encode)
  if (Buffer.byteLength(shown) <= limitBytes) return shown
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 8)
  return `${cutBytes(shown, limitBytes - digest.length - 1)}-${digest}`
}

function encode(character: string): string {
  return Buffer.from(character).reduce(
    (text, byte) => `${text}%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    '',
  )
}

function cutBytes(text: string, limit: number): string {
  let cut = ''
  for (const character of text) {
    if (Buffer.byteLength(cut + character) > limit) break
    cut += character
  }
  return cut
}
