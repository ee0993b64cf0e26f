import { Failure } from '../../../../shared/failure.ts'

export function u16(value: number): Uint8Array {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}

export function u32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

export function join(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Buffer.concat(parts)
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')
}

/** `text` is known to be hex: a name or id that has been checked. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return Buffer.from(text, 'hex')
}

/** Reads fields one after the other and never past the end: what is too short is `object-damaged`. */
export class FieldReader {
  readonly #bytes: Buffer
  readonly #what: string
  #at = 0

  /** `what` names the object in failures. */
  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#what = what
  }

  get offset(): number {
    return this.#at
  }

  u8(): number {
    return this.#bytes.readUInt8(this.#pass(1))
  }

  u16(): number {
    return this.#bytes.readUInt16LE(this.#pass(2))
  }

  u32(): number {
    return this.#bytes.readUInt32LE(this.#pass(4))
  }

  /** A view, not a copy. */
  take(lengthBytes: number): Buffer {
    const from = this.#pass(lengthBytes)
    return this.#bytes.subarray(from, from + lengthBytes)
  }

  expect(bytes: Uint8Array, name: string): void {
    if (!this.take(bytes.length).equals(bytes)) throw this.damaged(`${name} is not what it should be`)
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw this.damaged(`${this.#bytes.length - this.#at} bytes follow its end`)
  }

  damaged(problem: string): Failure {
    return new Failure('object-damaged', `${this.#what}: ${problem}`)
  }

  /** Where the bytes begin that are gone past. */
  #pass(lengthBytes: number): number {
    const from = this.#at
    if (from + lengthBytes > this.#bytes.length) throw this.damaged(`ends at ${this.#bytes.length}`)
    this.#at = from + lengthBytes
    return from
  }
}
