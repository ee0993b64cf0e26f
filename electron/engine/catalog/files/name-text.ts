/**
 * Names of guests as SQLite can keep them, and as they are looked for. A guest's name may hold halves of surrogate pairs (bytes that
 * are no UTF-8), which text in SQLite cannot; a control character and four hexadecimal digits stand for them, and for what has a
 * meaning of its own here.
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: what a guest may have put into a name
const unsafe = /[\ud800-\udfff\u0000-\u0003/]/gu
// biome-ignore lint/suspicious/noControlCharactersInRegex: no name has it unescaped
const escaped = /\u0003([0-9a-f]{4})/g

export function encodeName(name: string): string {
  return name.replace(unsafe, (unit) => `\u0003${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

export function decodeName(text: string): string {
  return text.replace(escaped, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}

/** How an encoded name, or what a person types, is compared: without case, and however its accents were composed. */
export function fold(text: string): string {
  return text.normalize('NFC').toLowerCase()
}

/** Before every word, so that the beginning of a word is something that an index of trigrams can find. */
const wordMark = '\u0001'
/** Behind every name, so that its last characters begin a trigram as well. */
const endMark = '\u0002'

const inWord = /[\p{L}\p{N}]/u

/** What the index of trigrams holds of a folded name. */
export function marked(folded: string): string {
  return markWords(folded, false) + endMark.repeat(2)
}

/** The trigrams that every marked name has in which `word` is found, at the beginning of one of its words if so wished. */
export function gramsOf(word: string, atWordStart: boolean): readonly string[] {
  return gramsIn(markWords(word, !atWordStart))
}

/** Of a marked name. */
export function gramsIn(text: string): readonly string[] {
  const units = [...text]
  return [...new Set(units.slice(2).map((_, at) => units.slice(at, at + 3).join('')))]
}

/** With what the trigrams begin that a word too short for one of its own is found by. */
export function gramStart(word: string, atWordStart: boolean): string {
  return markWords(word, !atWordStart)
}

export function isAtWordStart(folded: string, word: string): boolean {
  return marked(folded).includes(markWords(word, false))
}

function markWords(text: string, isInWord: boolean): string {
  let wasInWord = isInWord
  let out = ''
  for (const unit of text) {
    const isWord = inWord.test(unit)
    out += isWord && !wasInWord ? wordMark + unit : unit
    wasInWord = isWord
  }
  return out
}
