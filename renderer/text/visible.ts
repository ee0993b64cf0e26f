/** A piece of foreign text: shown as it is, or a character that would deceive the eye, by its code point. */
export type TextPiece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'mark'; readonly codePoint: string }

/**
 * Characters that change how a name looks without being seen themselves: controls, bidi marks and overrides (UAX #9),
 * zero-width characters, line separators, the byte order mark, variation selectors, tags, empty Hangul letters, and halves of
 * surrogate pairs.
 */
const deceptive = /\p{Cc}|\p{Cf}|\p{Cs}|\p{Zl}|\p{Zp}|\p{Variation_Selector}|\u{115F}|\u{1160}|\u{3164}|\u{FFA0}/u

/** Splits text from hosts and guests so that nothing in it can hide or reorder the rest. */
export function splitVisible(text: string): readonly TextPiece[] {
  const pieces: TextPiece[] = []
  for (const character of text) {
    const last = pieces.at(-1)
    if (deceptive.test(character)) pieces.push({ kind: 'mark', codePoint: codePointOf(character) })
    else if (last?.kind === 'text') pieces[pieces.length - 1] = { kind: 'text', text: last.text + character }
    else pieces.push({ kind: 'text', text: character })
  }
  return pieces
}

/** The same for places that hold plain text only (titles, labels, messages): marks stand as ⟦U+202E⟧. */
export function visible(text: string): string {
  return splitVisible(text)
    .map((piece) => (piece.kind === 'text' ? piece.text : `⟦${piece.codePoint}⟧`))
    .join('')
}

function codePointOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}
