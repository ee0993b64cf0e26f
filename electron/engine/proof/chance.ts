/** Repeatable chance: the same seed gives the same walk (mulberry32, a public-domain generator). */
export type Chance = {
  /** A whole number in `[0, below)`. */
  below(below: number): number
  /** True once in `times`. */
  once(times: number): boolean
  bytes(lengthBytes: number): Buffer
}

export function chanceFrom(seed: number): Chance {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  return {
    below: (below) => next() % below,
    once: (times) => next() % times === 0,
    bytes(lengthBytes) {
      const words = Uint32Array.from({ length: Math.ceil(lengthBytes / 4) }, next)
      return Buffer.from(words.buffer, 0, lengthBytes)
    },
  }
}
