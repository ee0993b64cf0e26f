import { damaged } from './fields.ts'

/** The bits of Microsoft's packers: in little-endian words of sixteen, the highest first. */
export class Bits {
  readonly #bytes: Buffer
  #at = 0
  /** The lowest `#held` bits are those to come. */
  #buffer = 0
  #held = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** Loads a word if fewer than `count` bits (at most 16) are held; packers end their input short of what is looked at. */
  ensure(count: number): void {
    if (this.#held >= count) return
    const word = this.#at + 2 <= this.#bytes.length ? this.#bytes.readUInt16LE(this.#at) : 0
    if (this.#at > this.#bytes.length + 8) throw damaged('packed bytes end too early')
    this.#at += 2
    this.#buffer = ((this.#buffer << 16) | word) >>> 0
    this.#held += 16
  }

  /** The next bits, at most 16, which stay. */
  peek(count: number): number {
    this.ensure(count)
    return (this.#buffer >>> (this.#held - count)) & (2 ** count - 1)
  }

  skip(count: number): void {
    this.#held -= count
  }

  /** The next bits, at most 17. */
  take(count: number): number {
    if (count > 16) return this.take(16) * 2 ** (count - 16) + this.take(count - 16)
    if (count === 0) return 0
    const bits = this.peek(count)
    this.skip(count)
    return bits
  }

  /** Whole bytes behind the words that are loaded: both packers mix them in. */
  bytes(lengthBytes: number): Buffer {
    const end = this.#at + lengthBytes
    if (end > this.#bytes.length) throw damaged('packed bytes end too early')
    const bytes = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return bytes
  }

  /** Drops what is held of the current word, all sixteen where it was not begun. */
  align(): void {
    this.ensure(1)
    this.#held = 0
    this.#buffer = 0
  }
}
