import { createHash } from 'node:crypto'

/** Longest name of an entry on ext4, XFS and NTFS (there in UTF-16 units, which are never more than the bytes). */
const limitBytes = 255

/**
 * A file name for a machine or disk: the name itself wherever the system can have it, `ending` (".raw" or "") behind it.
 * What cannot be is percent-encoded, so that one sees it: separators, NUL, a leading dot (the file would be hidden), on
 * Windows also what that system reserves. What is too long is cut and told apart by eight digits of its SHA-256.
 */
export function fileNameFor(name: string, ending: string, platform: NodeJS.Platform = process.platform): string {
  const possible = encodeImpossible(name.toWellFormed(), platform)
  if (Buffer.byteLength(possible + ending) <= limitBytes) return possible + ending
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 8)
  return `${cut(possible, limitBytes - Buffer.byteLength(ending) - digest.length - 1)}~${digest}${ending}`
}

function encodeImpossible(name: string, platform: NodeJS.Platform): string {
  if (name === '') return '%'
  // A folder of this ending would be taken for one that was never finished.
  const everywhere = name.replace(/[/\0]|^\.|\.(?=partial$)/gi, encode)
  if (platform !== 'win32') return everywhere
  const reserved = /[<>:"\\|?*\p{Cc}]|[. ]$|^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/giu
  return everywhere.replace(reserved, (found) => encode(found.slice(0, 1)) + found.slice(1))
}

function encode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

/** Never through the middle of a character. */
function cut(text: string, limit: number): string {
  let kept = ''
  for (const character of text) {
    if (Buffer.byteLength(kept + character) > limit) break
    kept += character
  }
  return kept
}
