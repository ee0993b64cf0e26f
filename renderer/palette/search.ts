import { type Entry, type EntryKind, entryKinds } from './entries.ts'

const startOfTitle = 0
const startOfWord = 1
const anywhere = 2
/** There may be ten thousand of them: everything else that fits stands before them. */
const many: readonly EntryKind[] = ['run', 'point']

/**
 * The entries in which every word of `query` occurs, best first: runs and points after everything else; words at the start of
 * the title before words at the start of any word before words anywhere; then by kind, then as they came.
 */
export function search(entries: readonly Entry[], query: string): readonly Entry[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return entries
  const found: { readonly entry: Entry; readonly rank: number }[] = []
  for (const entry of entries) {
    const rank = rankOf(entry, words)
    if (rank !== undefined) found.push({ entry, rank: rank + (many.includes(entry.kind) ? anywhere + 1 : 0) })
  }
  const kindRank = Object.fromEntries(entryKinds.map((kind, at) => [kind, at]))
  return found
    .sort((a, b) => a.rank - b.rank || (kindRank[a.entry.kind] ?? 0) - (kindRank[b.entry.kind] ?? 0))
    .map(({ entry }) => entry)
}

/** The worst rank among the words; undefined when one does not occur. */
function rankOf(entry: Entry, words: readonly string[]): number | undefined {
  let worst = startOfTitle
  for (const word of words) {
    const at = entry.text.indexOf(word)
    if (at === -1) return undefined
    if (at === 0) continue
    worst = Math.max(worst, entry.text.includes(` ${word}`) ? startOfWord : anywhere)
  }
  return worst
}
