import { Bits } from './bits.ts'
import { damaged } from './fields.ts'
import { type HuffmanCode, huffmanCode, repeat, takeSymbol } from './huffman.ts'

/**
 * LZX as WIM images and packed files of Windows have it: MS-PATCH's, with a window of 32 KiB, a bit for the usual block size, and
 * every chunk beginning anew.
 */
const windowBytes = 32 * 1024
const farSlots = 30
const literals = 256
const mainSymbols = literals + 8 * farSlots
const lengthSymbols = 249
const shortest = 2

type State = {
  readonly bits: Bits
  readonly into: Buffer
  to: number
  /** The three distances used last. */
  recent: readonly [number, number, number]
  /** Code lengths are told as differences from those of the block before. */
  readonly mainLengths: Uint8Array
  readonly lengthLengths: Uint8Array
}

/** Unpacks one chunk of at most 32 KiB. Fails with `file-system-damaged` for what LZX cannot be. */
export function unpackLzx(packed: Buffer, sizeBytes: number): Buffer {
  if (sizeBytes > windowBytes) throw damaged(`a chunk of ${sizeBytes} bytes`)
  const state: State = {
    bits: new Bits(packed),
    into: Buffer.alloc(sizeBytes),
    to: 0,
    recent: [1, 1, 1],
    mainLengths: new Uint8Array(mainSymbols),
    lengthLengths: new Uint8Array(lengthSymbols),
  }
  while (state.to < sizeBytes) unpackBlock(state)
  restoreCalls(state.into)
  return state.into
}

function unpackBlock(state: State): void {
  const { bits } = state
  const kind = bits.take(3)
  const sizeBytes = bits.take(1) === 1 ? windowBytes : bits.take(16)
  const end = state.to + sizeBytes
  if (sizeBytes === 0 || end > state.into.length) throw damaged(`a block of ${sizeBytes} bytes`)
  if (kind === 3) copyBlock(state, sizeBytes)
  else if (kind === 1 || kind === 2) unpackCodes(state, kind === 2, end)
  else throw damaged(`a block of kind ${kind}`)
}

function unpackCodes(state: State, isAligned: boolean, end: number): void {
  const { bits } = state
  const aligned = isAligned ? takeAlignedCode(bits) : undefined
  takeLengths(bits, state.mainLengths.subarray(0, literals))
  takeLengths(bits, state.mainLengths.subarray(literals))
  takeLengths(bits, state.lengthLengths)
  const codes = { main: huffmanCode(state.mainLengths), length: huffmanCode(state.lengthLengths), aligned }
  while (state.to < end) unpackOne(state, codes)
  if (state.to > end) throw damaged('a copy beyond its block')
}

type Codes = {
  readonly main: HuffmanCode
  readonly length: HuffmanCode
  readonly aligned: HuffmanCode | undefined
}

function unpackOne(state: State, codes: Codes): void {
  const symbol = takeSymbol(state.bits, codes.main)
  if (symbol < literals) {
    state.into[state.to++] = symbol
    return
  }
  const told = (symbol - literals) & 7
  const lengthBytes = shortest + told + (told === 7 ? takeSymbol(state.bits, codes.length) : 0)
  state.recent = takeDistance(state, (symbol - literals) >> 3, codes.aligned)
  state.to = repeat(state.into, state.to, state.recent[0], lengthBytes)
}

/** The recent distances with the one to use now in front. */
function takeDistance({ bits, recent }: State, slot: number, aligned: HuffmanCode | undefined): State['recent'] {
  const [first, second, third] = recent
  if (slot === 0) return recent
  if (slot === 1) return [second, first, third]
  if (slot === 2) return [third, second, first]
  const extraBits = slot < 4 ? 0 : (slot >> 1) - 1
  const base = slot < 4 ? slot : (2 + (slot & 1)) * 2 ** extraBits
  const isAligned = aligned !== undefined && extraBits >= 3
  const extra = isAligned ? bits.take(extraBits - 3) * 8 + takeSymbol(bits, aligned) : bits.take(extraBits)
  return [base + extra - 2, first, second]
}

function takeAlignedCode(bits: Bits): HuffmanCode {
  return huffmanCode(Uint8Array.from({ length: 8 }, () => bits.take(3)))
}

/** Changes `lengths` to those of this block, told by a code of their own. */
function takeLengths(bits: Bits, lengths: Uint8Array): void {
  const code = huffmanCode(Uint8Array.from({ length: 20 }, () => bits.take(4)))
  for (let at = 0; at < lengths.length; ) {
    const { count, value } = takeLengthRun(bits, code, lengths[at] ?? 0)
    // The last run may be told longer than what is left.
    lengths.fill(value, at, at + count)
    at += count
  }
}

function takeLengthRun(bits: Bits, code: HuffmanCode, before: number): { count: number; value: number } {
  const symbol = takeSymbol(bits, code)
  if (symbol === 17) return { count: 4 + bits.take(4), value: 0 }
  if (symbol === 18) return { count: 20 + bits.take(5), value: 0 }
  if (symbol < 17) return { count: 1, value: (before - symbol + 17) % 17 }
  const count = 4 + bits.take(1)
  const repeated = takeSymbol(bits, code)
  if (repeated > 16) throw damaged('a run of a run of code lengths')
  return { count, value: (before - repeated + 17) % 17 }
}

/** Bytes as they stand, behind the three distances to go on with. */
function copyBlock(state: State, sizeBytes: number): void {
  state.bits.align()
  const distances = state.bits.bytes(12)
  state.recent = [distances.readUInt32LE(0), distances.readUInt32LE(4), distances.readUInt32LE(8)]
  state.bits.bytes(sizeBytes).copy(state.into, state.to)
  state.to += sizeBytes
  if (sizeBytes % 2 !== 0 && state.to < state.into.length) state.bits.bytes(1)
}

const callOpcode = 0xe8
/** What WIM takes for the size of every file. */
const callFileBytes = 12_000_000
const untouchedEnd = 10

/** Targets of x86 calls were made absolute before packing, since they repeat better. */
function restoreCalls(bytes: Buffer): void {
  for (let at = bytes.indexOf(callOpcode); at >= 0 && at < bytes.length - untouchedEnd; ) {
    const target = bytes.readInt32LE(at + 1)
    if (target >= -at && target < callFileBytes)
      bytes.writeInt32LE(target >= 0 ? target - at : target + callFileBytes, at + 1)
    at = bytes.indexOf(callOpcode, at + 5)
  }
}
