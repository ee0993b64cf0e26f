import { gramStart, gramsOf, isAtWordStart } from './name-text.ts'
import type { FoundName, NameId, NameTable } from './names.ts'

/** How well a name fits, the best first: it is what was looked for, begins so, has words that begin so, has it somewhere. */
export type Rank = 0 | 1 | 2 | 3

export type NameMatch = { readonly name: NameId; readonly rank: Rank }

/** A word too short for a trigram is looked for by those that begin with it; so many of them. */
const gramsAtOnce = 256
/** Names that are looked at for each rank. */
const namesLookedAt = 1500

/**
 * Names in which all words are, the best first, in groups of equal rank; `query` and `words` are folded, and none is empty. For each rank a
 * bounded number of names is looked at: `onCut` is told where there are more. Lazy: whoever has enough stops.
 */
export function* matchingNames(
  names: NameTable,
  query: string,
  words: readonly string[],
  onCut: () => void,
): Generator<readonly NameMatch[]> {
  const ofRank = (rank: Rank, found: Iterable<FoundName>) => grouped(rank, found, { query, words }, onCut)
  yield* ofRank(0, names.equal(query))
  yield* ofRank(1, names.beginning(query))
  yield* ofRank(2, named(names, words, true))
  yield* ofRank(3, named(names, words, false))
}

const groupSize = 250

function* grouped(
  rank: Rank,
  found: Iterable<FoundName>,
  { query, words }: { readonly query: string; readonly words: readonly string[] },
  onCut: () => void,
): Generator<readonly NameMatch[]> {
  let group: NameMatch[] = []
  let looked = 0
  for (const { id, folded } of found) {
    if (++looked > namesLookedAt) {
      onCut()
      break
    }
    if (rankOf(folded, query, words) !== rank) continue
    group.push({ name: id, rank })
    if (group.length < groupSize) continue
    yield group
    group = []
  }
  if (group.length > 0) yield group
}

/** Undefined where not all words are in it. */
function rankOf(folded: string, query: string, words: readonly string[]): Rank | undefined {
  if (!words.every((word) => folded.includes(word))) return undefined
  if (folded.startsWith(query)) return folded === query ? 0 : 1
  return words.every((word) => isAtWordStart(folded, word)) ? 2 : 3
}

/** All of them would make every list of names that have one be walked through; these say nearly as much. */
const gramsAsked = 5

/** The rarest, and those that do not overlap with rarer ones before others. */
function telling(names: NameTable, grams: readonly string[]): readonly string[] {
  if (grams.length <= gramsAsked) return grams
  const ranked = grams.map((gram, at) => ({ gram, at, rarity: names.rarity(gram) })).sort((a, b) => b.rarity - a.rarity)
  const apart: typeof ranked = []
  for (const each of ranked) if (apart.every(({ at }) => Math.abs(at - each.at) > 2)) apart.push(each)
  return [...new Set([...apart, ...ranked])].slice(0, gramsAsked).map(({ gram }) => gram)
}

/** All names that may have the words, and others. */
function* named(names: NameTable, words: readonly string[], atWordStart: boolean): Generator<FoundName> {
  const grams = [...new Set(words.flatMap((word) => gramsOf(word, atWordStart)))]
  if (grams.length > 0) {
    yield* names.having(telling(names, grams))
    return
  }
  const longest = words.toSorted((a, b) => b.length - a.length)[0] ?? ''
  for (const gram of names.grams(gramStart(longest, atWordStart), gramsAtOnce)) yield* names.having([gram])
}
