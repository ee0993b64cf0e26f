import { damaged, slice, text16, u16, u32 } from './fields.ts'

/** What a reparse point makes of a file (MS-FSCC 2.1.2; the tags of WSL as Windows 10 writes them). */
export type Reparse =
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'socket' | 'pipe' | 'char-device' | 'block-device' }
  /** Its bytes lie packed in a stream of another name. */
  | { readonly kind: 'packed'; readonly packing: Packing }
  /** Its bytes lie in an image elsewhere. */
  | { readonly kind: 'elsewhere'; readonly told: string }
  /** Whatever else a filter driver of Windows makes of it. */
  | { readonly kind: 'unknown'; readonly tag: number }

export type Packing = 'xpress-4k' | 'xpress-8k' | 'xpress-16k' | 'lzx-32k'

/** Windows allows no more, with its header. */
export const mostReparseBytes = 16 * 1024 + 24

const tags = {
  junction: 0xa0000003,
  link: 0xa000000c,
  wof: 0x80000017,
  wslLink: 0xa000001d,
  wslSocket: 0x80000023,
  wslPipe: 0x80000024,
  wslCharDevice: 0x80000025,
  wslBlockDevice: 0x80000026,
}

/** By the number of FILE_PROVIDER_COMPRESSION_*. */
const packings: readonly Packing[] = ['xpress-4k', 'lzx-32k', 'xpress-8k', 'xpress-16k']

/** Parses the value of a $REPARSE_POINT attribute. Fails with `file-system-damaged`. */
export function parseReparse(value: Buffer): Reparse {
  const tag = u32(value, 0)
  const data = slice(value, 8, u16(value, 4))
  switch (tag) {
    case tags.junction:
      return { kind: 'link', target: targetIn(data, 8) }
    case tags.link:
      return { kind: 'link', target: targetIn(data, 12) }
    case tags.wslLink:
      return { kind: 'link', target: slice(data, 4, data.length - 4).toString() }
    case tags.wslSocket:
      return { kind: 'socket' }
    case tags.wslPipe:
      return { kind: 'pipe' }
    case tags.wslCharDevice:
      return { kind: 'char-device' }
    case tags.wslBlockDevice:
      return { kind: 'block-device' }
    case tags.wof:
      return parseWof(data)
    default:
      return { kind: 'unknown', tag }
  }
}

/** The substitute name, which is what Windows follows; the printed one beside it may say anything. */
function targetIn(data: Buffer, namesAt: number): string {
  const lengthBytes = u16(data, 2)
  if (lengthBytes % 2 !== 0) throw damaged('a link to half a letter')
  return fromNt(text16(data, namesAt + u16(data, 0), lengthBytes / 2))
}

/** A name of the NT kernel as Windows' programs write it. */
function fromNt(target: string): string {
  if (!target.startsWith('\\??\\')) return target
  const rest = target.slice(4)
  if (/^unc\\/i.test(rest)) return `\\\\${rest.slice(4)}`
  return /^volume\{/i.test(rest) ? `\\\\?\\${rest}` : rest
}

/** WOF_EXTERNAL_INFO and FILE_PROVIDER_EXTERNAL_INFO of the Windows SDK (ntifs.h). */
function parseWof(data: Buffer): Reparse {
  const provider = u32(data, 4)
  if (provider !== 2) return { kind: 'elsewhere', told: `kept by provider ${provider} of the Windows Overlay Filter` }
  const packing = packings[u32(data, 12)]
  if (packing === undefined) return { kind: 'elsewhere', told: 'packed in a way unknown to this reader' }
  return { kind: 'packed', packing }
}
