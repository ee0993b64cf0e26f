import { Failure } from '../../../../shared/failure.ts'

/** The longest string that libvirt sends or takes, in bytes (REMOTE_STRING_MAX of its remote protocol). */
const maxStringBytes = 4 * 1024 * 1024
/** The longest list that libvirt's protocol allows anywhere (REMOTE_NODE_DEVICE_CAPS_LIST_MAX). */
const maxItems = 65_536

/** Bytes that fill up to the next multiple of four (RFC 4506 §3). */
const paddingOf = (lengthBytes: number): number => (4 - (lengthBytes & 3)) & 3

/** Writes the values of one message in order, as XDR (RFC 4506). Every method gives the writer back. */
export class XdrWriter {
  readonly #parts: Buffer[] = []

  int(value: number): this {
    const part = Buffer.alloc(4)
    part.writeInt32BE(value)
    return this.#push(part)
  }

  uint(value: number): this {
    const part = Buffer.alloc(4)
    part.writeUInt32BE(value)
    return this.#push(part)
  }

  hyper(value: bigint): this {
    const part = Buffer.alloc(8)
    part.writeBigInt64BE(value)
    return this.#push(part)
  }

  uhyper(value: bigint): this {
    const part = Buffer.alloc(8)
    part.writeBigUInt64BE(value)
    return this.#push(part)
  }

  /** Bytes whose number both sides know. */
  fixed(bytes: Uint8Array): this {
    return this.#push(Buffer.from(bytes)).#push(Buffer.alloc(paddingOf(bytes.length)))
  }

  /** Fails with `invalid-argument` where libvirt would drop the connection: a string over 4 MiB. */
  string(text: string): this {
    const bytes = Buffer.from(text, 'utf8')
    if (bytes.length > maxStringBytes)
      throw new Failure('invalid-argument', `A string of ${bytes.length} bytes is sent to the host`)
    return this.uint(bytes.length).fixed(bytes)
  }

  optional<T>(value: T | undefined, write: (value: T) => void): this {
    this.uint(value === undefined ? 0 : 1)
    if (value !== undefined) write(value)
    return this
  }

  optionalString(text: string | undefined): this {
    return this.optional(text, (present) => this.string(present))
  }

  list<T>(items: readonly T[], write: (item: T) => void): this {
    this.uint(items.length)
    for (const item of items) write(item)
    return this
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts)
  }

  #push(part: Buffer): this {
    this.#parts.push(part)
    return this
  }
}

/**
 * Reads the values of one message in order. What a host sends is hostile input: every length is checked against what is
 * there before anything is made of it. Fails with `host-unsupported`.
 */
export class XdrReader {
  readonly #bytes: Buffer
  #offset = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  int(): number {
    return this.#take(4).readInt32BE()
  }

  uint(): number {
    return this.#take(4).readUInt32BE()
  }

  /** A 64-bit value as a number: exact up to 2^53, which sizes and counts of a host never reach. */
  hyper(): number {
    return Number(this.#take(8).readBigInt64BE())
  }

  uhyper(): number {
    return Number(this.#take(8).readBigUInt64BE())
  }

  double(): number {
    return this.#take(8).readDoubleBE()
  }

  boolean(): boolean {
    return this.int() !== 0
  }

  fixed(lengthBytes: number): Buffer {
    const bytes = this.#take(lengthBytes)
    this.#take(paddingOf(lengthBytes))
    return bytes
  }

  /** Broken UTF-8 becomes replacement characters: a name is shown, never used as an address. */
  string(): string {
    const lengthBytes = this.uint()
    if (lengthBytes > maxStringBytes) throw malformed(`a string of ${lengthBytes} bytes`)
    return this.fixed(lengthBytes).toString('utf8')
  }

  optional<T>(read: () => T): T | undefined {
    const flag = this.uint()
    if (flag > 1) throw malformed(`an optional value marked ${flag}`)
    return flag === 1 ? read() : undefined
  }

  optionalString(): string | undefined {
    return this.optional(() => this.string())
  }

  /** Each item takes at least four bytes, so a list cannot be longer than what is left of the message. */
  list<T>(read: () => T): T[] {
    const count = this.uint()
    if (count > maxItems || count * 4 > this.#bytes.length - this.#offset) throw malformed(`a list of ${count} items`)
    return Array.from({ length: count }, read)
  }

  #take(lengthBytes: number): Buffer {
    const end = this.#offset + lengthBytes
    if (end > this.#bytes.length)
      throw malformed(`${lengthBytes} bytes where ${this.#bytes.length - this.#offset} are left`)
    const bytes = this.#bytes.subarray(this.#offset, end)
    this.#offset = end
    return bytes
  }
}

function malformed(found: string): Failure {
  return new Failure('host-unsupported', `The host's message does not follow libvirt's protocol: it announces ${found}`)
}
