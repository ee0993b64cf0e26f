import type { Picture } from '../../../shared/download.ts'

/** How many bytes at the beginning of a file tell what picture it is. */
export const pictureBytes = 12

/**
 * A picture of pixels by its first bytes: PNG (ISO/IEC 15948), JPEG (ITU-T T.81), GIF (87a, 89a), WebP (RFC 9649), BMP. Names
 * say nothing, and drawings (SVG) are programs.
 */
export function pictureOf(head: Uint8Array): Picture | undefined {
  const text = Buffer.from(head).toString('latin1')
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png'
  if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg'
  if (/^GIF8[79]a/.test(text)) return 'image/gif'
  if (/^RIFF.{4}WEBP/s.test(text)) return 'image/webp'
  return /^BM.{4}\0{4}/s.test(text) ? 'image/bmp' : undefined
}
