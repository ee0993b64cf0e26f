/**
 * The hashes of ext's folder indexes: the "legacy" one, half an MD4 and TEA, each over names as signed or unsigned characters, as
 * the superblock and each index choose. Only the 31 bits that order the index matter.
 */
export const hashKinds = { legacy: 0, halfMd4: 1, tea: 2 } as const

export type HashKind = (typeof hashKinds)[keyof typeof hashKinds]

export type Hashing = { readonly kind: HashKind; readonly unsigned: boolean; readonly seed: readonly number[] }

const md4Start = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]
/** The largest hash marks the end of a folder and is given to no name. */
const endHash = 0xfffffffe

/** Always even: the lowest bit belongs to the index. */
export function nameHash(name: Uint8Array, hashing: Hashing): number {
  const hash = (rawHash(name, hashing) & ~1) >>> 0
  return hash === endHash ? endHash - 2 : hash
}

function rawHash(name: Uint8Array, { kind, unsigned, seed }: Hashing): number {
  const signed = unsigned ? name : new Int8Array(name.buffer, name.byteOffset, name.length)
  if (kind === hashKinds.legacy) return legacy(signed)
  const state = Int32Array.from(seed.some((word) => word !== 0) ? seed : md4Start)
  const pieceBytes = kind === hashKinds.tea ? 16 : 32
  for (let at = 0; at < name.length; at += pieceBytes) {
    const words = wordsOf(signed.subarray(at), pieceBytes / 4)
    if (kind === hashKinds.tea) tea(state, words)
    else halfMd4(state, words)
  }
  return (kind === hashKinds.tea ? state[0] : state[1]) ?? 0
}

function legacy(name: Iterable<number>): number {
  let [hash, before] = [0x12a3fe2d, 0x37abe8f9]
  for (const char of name) {
    let next = (before + (hash ^ Math.imul(char, 7152373))) >>> 0
    if (next & 0x80000000) next = (next - 0x7fffffff) >>> 0
    before = hash
    hash = next
  }
  return hash << 1
}

/** Four characters to a word; what is missing is filled with the length of what is left. */
function wordsOf(name: Int8Array | Uint8Array, count: number): Int32Array {
  const length = name.length | (name.length << 8)
  const pad = length | (length << 16)
  const words = new Int32Array(count).fill(pad)
  const chars = Math.min(name.length, count * 4)
  for (let word = 0; word * 4 < chars; word++) {
    let value = pad
    for (let i = word * 4; i < Math.min(chars, word * 4 + 4); i++) value = ((name[i] ?? 0) + (value << 8)) | 0
    words[word] = value
  }
  return words
}

function tea(state: Int32Array, words: Int32Array): void {
  const [a = 0, b = 0, c = 0, d = 0] = words
  let [low = 0, high = 0] = state
  for (let round = 0, sum = 0; round < 16; round++) {
    sum = (sum + 0x9e3779b9) | 0
    low = (low + (((high << 4) + a) ^ (high + sum) ^ ((high >>> 5) + b))) | 0
    high = (high + (((low << 4) + c) ^ (low + sum) ^ ((low >>> 5) + d))) | 0
  }
  state[0] = (state[0] ?? 0) + low
  state[1] = (state[1] ?? 0) + high
}

type Mix = (x: number, y: number, z: number) => number

/** Three rounds of eight steps: how they mix, what they add, how far they turn, and which words they take. */
const rounds: readonly (readonly [Mix, number, readonly number[], readonly number[]])[] = [
  [(x, y, z) => z ^ (x & (y ^ z)), 0, [3, 7, 11, 19], [0, 1, 2, 3, 4, 5, 6, 7]],
  [(x, y, z) => (x & y) + ((x ^ y) & z), 0x5a827999, [3, 5, 9, 13], [1, 3, 5, 7, 0, 2, 4, 6]],
  [(x, y, z) => x ^ y ^ z, 0x6ed9eba1, [3, 9, 11, 15], [3, 7, 2, 6, 1, 5, 0, 4]],
]

function halfMd4(state: Int32Array, words: Int32Array): void {
  let [a = 0, b = 0, c = 0, d = 0] = state
  for (const [mix, constant, turns, order] of rounds) {
    for (const [step, word] of order.entries()) {
      const sum = (a + mix(b, c, d) + (words[word] ?? 0) + constant) | 0
      const turn = turns[step % 4] ?? 0
      const turned = (sum << turn) | (sum >>> (32 - turn))
      ;[a, b, c, d] = [d, turned, b, c]
    }
  }
  for (const [i, value] of [a, b, c, d].entries()) state[i] = (state[i] ?? 0) + value
}
