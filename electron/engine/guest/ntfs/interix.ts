import type { FileFacts } from '../guest.ts'
import { big64 } from './fields.ts'

/** Services for Unix, and ntfs-3g after it, keep links and devices as system files that begin with one of these. */
const magics = { link: 'IntxLNK\u0001', 'char-device': 'IntxCHR\0', 'block-device': 'IntxBLK\0' } as const

/** Windows' longest path behind the magic. */
export const interixBytes = { least: 9, most: 8 + 2 * 4096 }

/** What a system file of this content is in Unix; undefined where it is just a file. */
export function parseInterix(content: Buffer): Pick<FileFacts, 'kind' | 'target' | 'device'> | undefined {
  const magic = content.toString('latin1', 0, 8)
  if (magic === magics.link && content.length % 2 === 0) return { kind: 'link', target: linkTarget(content) }
  const kind = magic === magics['char-device'] ? 'char-device' : 'block-device'
  if (magic !== magics[kind] || content.length !== 24) return undefined
  return { kind, device: { major: Number(big64(content, 8)), minor: Number(big64(content, 16)) } }
}

function linkTarget(content: Buffer): string {
  return content.toString('utf16le', 8)
}
