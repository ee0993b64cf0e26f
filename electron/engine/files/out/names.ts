import { createHash } from 'node:crypto'
import { nameToBytes } from '../../guest/names.ts'

/**
 * What a place for files takes as a name. `unix`: any bytes but `/` and NUL, as Linux and tar; `text`: the same, but Unicode only
 * (macOS); `windows`: without what Windows reserves (learn.microsoft.com/windows/win32/fileio/naming-a-file), also for zip.
 */
export type NameRules = 'unix' | 'text' | 'windows'

const limit = 255

/** A byte that is no UTF-8 stays as its lone surrogate (guest/names.ts) where names are bytes. */
const unsafe: Readonly<Record<NameRules, RegExp>> = {
  unix: /[/\p{Cc}\ud800-\udc7f\udd00-\udfff]/gu,
  text: /[/\p{Cc}\p{Cs}]/gu,
  windows: /[/\\:*?"<>|\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|[. ]$/gu,
}
const reserved = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])($|[. ])/iu
const turning = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u

/**
 * One component that means nothing but itself: what is unsafe is percent-encoded, what is too long loses its middle to eight
 * digits of its SHA-256. Two names may become one: whoever writes them numbers them.
 */
export function safeName(name: string, rules: NameRules): string {
  const shown = name.replace(unsafe[rules], encode)
  if (shown === '') return '%'
  if (/^\.{1,2}$/.test(shown)) return shown.replaceAll('.', '%2E')
  const free = rules === 'windows' && reserved.test(shown) ? `_${shown}` : shown
  return fits(free, rules) ? free : shorten(name, free, rules)
}

/** The `count`th of the same name: `a.txt`, `a (2).txt` …; a folder's name has no ending. */
export function numbered(name: string, count: number, isFolder: boolean, rules: NameRules): string {
  if (count === 1) return name
  const { stem, ending } = isFolder ? { stem: name, ending: '' } : endingOf(name)
  const tail = ` (${count})${ending}`
  return cut(stem, limit - lengthOf(tail, rules), rules) + tail
}

/** Whether the name holds characters that turn the direction of text: what is shown then is not what is there. */
export function turnsText(name: string): boolean {
  return turning.test(name)
}

function encode(character: string): string {
  const code = character.charCodeAt(0)
  if (code >= 0xd800 && code <= 0xdfff && (code < 0xdc80 || code > 0xdcff))
    return `%u${code.toString(16).toUpperCase()}`
  return nameToBytes(character).reduce(
    (text, byte) => `${text}%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    '',
  )
}

function shorten(original: string, name: string, rules: NameRules): string {
  const { stem, ending } = endingOf(name)
  const tail = `-${createHash('sha256').update(original).digest('hex').slice(0, 8)}${ending}`
  return cut(stem, limit - lengthOf(tail, rules), rules) + tail
}

function endingOf(name: string): { readonly stem: string; readonly ending: string } {
  const ending = /(?<=.)\.[^. ]{1,16}$/su.exec(name)?.[0] ?? ''
  return { stem: name.slice(0, name.length - ending.length), ending }
}

function fits(name: string, rules: NameRules): boolean {
  return lengthOf(name, rules) <= limit
}

/** NTFS counts UTF-16, all others bytes. */
function lengthOf(name: string, rules: NameRules): number {
  return rules === 'windows' ? name.length : nameToBytes(name).length
}

function cut(name: string, most: number, rules: NameRules): string {
  if (lengthOf(name, rules) <= most) return name
  let kept = ''
  let length = 0
  for (const character of name) {
    length += lengthOf(character, rules)
    if (length > most) break
    kept += character
  }
  return kept
}
