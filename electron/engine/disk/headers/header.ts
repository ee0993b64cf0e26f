import { Failure } from '../../../../shared/failure.ts'

/** An image file by position. Reads past the end are cut short. */
export type HeaderSource = {
  readonly sizeBytes: number
  read(offset: number, lengthBytes: number): Promise<Buffer>
}

/** What an image says of itself, once nothing in its header speaks against opening it. */
export type ImageInfo = {
  /** Virtual size. */
  readonly sizeBytes: number
  /** Only version 3 can hold persistent dirty bitmaps. */
  readonly qcow2Version?: 2 | 3
  /** False for variants that can only be written once, as a stream. */
  readonly rewritable: boolean
  /** What the header calls its backing file; only ever set where the caller allowed one. */
  readonly backingFile?: string
}

/** Exactly these bytes. A file that ends before them is none of its format. */
export async function readHeader(source: HeaderSource, offset: number, lengthBytes: number): Promise<Buffer> {
  const bytes = await source.read(offset, lengthBytes)
  if (bytes.length === lengthBytes) return bytes
  throw new Failure('disk-unsupported', `the header is cut off at ${offset + bytes.length}`)
}

/** A 64-bit length or offset as a number; what is too large for one is no sound header. */
export function needSafe(value: bigint, what: string): number {
  if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value)
  throw new Failure('disk-unsupported', `${what} of ${value} is absurd`)
}

export function refuse(what: string): Failure {
  return new Failure('disk-unsupported', what)
}

/** An image that points to another file would make us read, or write, what its maker chose. */
export function hostile(what: string): Failure {
  return new Failure('disk-hostile', what)
}

/** Text out of an image for a message: quoted, without control characters, short. */
export function quote(bytes: Uint8Array | string): string {
  const text = typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8')
  return JSON.stringify(text.replaceAll(/\p{C}/gu, ' ').slice(0, 200))
}
