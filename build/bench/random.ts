import { createCipheriv } from 'node:crypto'

/** Deterministic bytes that no codec can shrink: AES-128-CTR over zeroes, the seed as key. */
export function randomBytesOf(seed: number, lengthBytes: number): Buffer {
  const key = Buffer.alloc(16)
  key.writeUInt32BE(seed, 12)
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(lengthBytes))
}

/** Small deterministic generator (mulberry32): numbers in [0, 1). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
