export const strengths = ['guessable', 'weak', 'good', 'strong'] as const
export type Strength = (typeof strengths)[number]

/** Bits from which on each strength begins; every guess costs a scrypt of N = 2^17. */
const floors: Readonly<Record<Strength, number>> = { guessable: 0, weak: 30, good: 42, strong: 64 }

/** What people type first when they are asked for a passphrase; whatever else is added, these count for nothing. */
const worn = /passwor[dt]|p@ssw0rd|qwert[yz]?|asdfgh|letmein|welcome|admin|root|backup|stillpoint|iloveyou|secret/g

const wordBits = 11

/** How hard a passphrase is to guess, told roughly: by its kinds of characters, without runs, repeats and worn words. */
export function strengthOf(passphrase: string): Strength {
  const rest = passphrase.toLowerCase().replace(worn, '')
  const fresh = [...rest].filter((character, at, all) => isFresh(character, all[at - 1]))
  const bits = Math.min(fresh.length * Math.log2(poolOf(passphrase)), bitsOfWords(rest))
  return strengths.findLast((strength) => bits >= floors[strength]) ?? 'guessable'
}

/** Neither the character before it again nor the next one in order. */
function isFresh(character: string, before: string | undefined): boolean {
  const step = (character.codePointAt(0) ?? 0) - (before?.codePointAt(0) ?? Number.NaN)
  return ![0, 1, -1].includes(step)
}

/** Words of a language are guessed as wholes; a single long run of letters is not taken for one. */
function bitsOfWords(text: string): number {
  const words = text.split(/\s+/).filter(Boolean)
  if (words.length < 2 || !words.every((word) => /^\p{L}+$/u.test(word))) return Number.POSITIVE_INFINITY
  return new Set(words).size * wordBits
}

const pools: readonly (readonly [RegExp, number])[] = [
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/[0-9]/, 10],
  [/[ -/:-@[-`{-~]/, 33],
  [/[^\0-\x7F]/, 128],
]

function poolOf(passphrase: string): number {
  return Math.max(
    2,
    pools.reduce((sum, [kind, size]) => sum + (kind.test(passphrase) ? size : 0), 0),
  )
}
