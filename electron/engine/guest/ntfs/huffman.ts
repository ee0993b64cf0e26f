import type { Bits } from './bits.ts'
import { damaged } from './fields.ts'

const longest = 16

/** A canonical Huffman code: codes grow with their length, and in one length with their symbol. */
export type HuffmanCode = {
  /** For each length the first sixteen bits that are beyond its codes. */
  readonly limits: Uint32Array
  /** What to add to a code of each length for its place in `symbols`. */
  readonly shifts: Int32Array
  readonly symbols: Uint16Array
}

/** Of the code lengths of all symbols, zero for those without. Fails with `file-system-damaged` where they make no code. */
export function huffmanCode(lengths: Uint8Array): HuffmanCode {
  const counts = new Uint32Array(longest + 1)
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1
  const limits = new Uint32Array(longest + 1)
  const shifts = new Int32Array(longest + 1)
  const places = new Uint32Array(longest + 2)
  let code = 0
  for (let length = 1; length <= longest; length++) {
    const count = counts[length] ?? 0
    const place = places[length] ?? 0
    shifts[length] = place - code
    places[length + 1] = place + count
    code += count
    if (code > 2 ** length) throw damaged('lengths that make no Huffman code')
    limits[length] = code * 2 ** (longest - length)
    code *= 2
  }
  return { limits, shifts, symbols: sortedSymbols(lengths, places) }
}

function sortedSymbols(lengths: Uint8Array, places: Uint32Array): Uint16Array {
  const symbols = new Uint16Array(lengths.length)
  for (const [symbol, length] of lengths.entries()) {
    if (length === 0) continue
    const place = places[length] ?? 0
    symbols[place] = symbol
    places[length] = place + 1
  }
  return symbols
}

/** The next symbol. Fails with `file-system-damaged` for bits that are no code. */
export function takeSymbol(bits: Bits, { limits, shifts, symbols }: HuffmanCode): number {
  const ahead = bits.peek(longest)
  let length = 1
  while (length <= longest && ahead >= (limits[length] ?? 0)) length++
  if (length > longest) throw damaged('bits that are no Huffman code')
  bits.skip(length)
  return symbols[(ahead >> (longest - length)) + (shifts[length] ?? 0)] ?? 0
}

/** Repeats what stands `back` before `to`, which may overlap. Answers where it ends. Fails with `file-system-damaged`. */
export function repeat(into: Buffer, to: number, back: number, lengthBytes: number): number {
  const end = to + lengthBytes
  if (back < 1 || back > to || end > into.length) throw damaged('a copy from outside what is unpacked')
  for (let at = to; at < end; at++) into[at] = into[at - back] ?? 0
  return end
}
