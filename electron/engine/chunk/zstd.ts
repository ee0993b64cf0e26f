import zlib from 'node:zlib'

/** zstd level 1, one buffer in, one out, without waiting. What is answered is a view that the next call overwrites. */
export type Zstd = {
  /** Undefined where zstd does not make it smaller. */
  compress(plaintext: Uint8Array): Uint8Array | undefined
  /** Undefined unless `packed` is one whole frame of exactly `rawBytes`. Never expands further than that. */
  expand(packed: Uint8Array, rawBytes: number): Uint8Array | undefined
}

const level = { params: { [zlib.constants.ZSTD_c_compressionLevel]: 1 } }

/** Longer than any frame of `rawBytes` (ZSTD_compressBound of zstd.h, rounded up). */
function boundOf(rawBytes: number): number {
  return rawBytes + (rawBytes >>> 8) + 1024
}

/** Through node:zlib's documented calls, which make a context for each buffer. */
export function oneShotZstd(): Zstd {
  return {
    compress(plaintext) {
      const packed = zlib.zstdCompressSync(plaintext, { ...level, chunkSize: boundOf(plaintext.length) })
      return packed.length < plaintext.length ? packed : undefined
    },
    expand(packed, rawBytes) {
      try {
        const plaintext = zlib.zstdDecompressSync(packed, {
          maxOutputLength: rawBytes,
          chunkSize: Math.max(64, rawBytes),
        })
        return plaintext.length === rawBytes ? plaintext : undefined
      } catch {
        return undefined
      }
    },
  }
}

/** The part of a zlib stream's handle that keeps a context over many buffers. Not documented: see `startZstd`. */
type Handle = {
  writeSync(
    flush: number,
    input: Uint8Array,
    inputOffset: number,
    inputLength: number,
    output: Uint8Array,
    outputOffset: number,
    outputLength: number,
  ): void
  onerror: (message: string) => void
}
type Inside = { readonly _handle: Handle; readonly _writeState: Uint32Array }

/** One context that makes or reads one frame after the other, and the buffer that it writes to. */
class Context {
  readonly #inside: Inside
  #output = Buffer.alloc(0)
  #failed = false

  constructor(stream: zlib.ZstdCompress | zlib.ZstdDecompress) {
    this.#inside = stream as unknown as Inside
    this.#inside._handle.onerror = () => {
      this.#failed = true
    }
  }

  /** The frame's output, or undefined when it is longer than `limitBytes` or wrong; the context is of no more use then. */
  run(input: Uint8Array, limitBytes: number): Uint8Array | undefined {
    // One byte more than allowed tells a frame that ends in time from one that would go on.
    if (this.#output.length <= limitBytes) this.#output = Buffer.allocUnsafeSlow(limitBytes + 1)
    const { _handle, _writeState } = this.#inside
    const space = limitBytes + 1
    _handle.writeSync(zlib.constants.ZSTD_e_end, input, 0, input.length, this.#output, 0, space)
    const [spaceLeft = 0, inputLeft = 0] = _writeState
    if (this.#failed || spaceLeft === 0 || inputLeft !== 0) return undefined
    return this.#output.subarray(0, space - spaceLeft)
  }
}

/** Keeps one context for each direction. A context that has failed once keeps failing, so the next call gets a new one. */
function reusedZstd(): Zstd {
  const newPacker = () => new Context(zlib.createZstdCompress(level))
  const newExpander = () => new Context(zlib.createZstdDecompress())
  let packer = newPacker()
  let expander = newExpander()
  return {
    compress(plaintext) {
      const packed = packer.run(plaintext, boundOf(plaintext.length))
      if (packed === undefined) packer = newPacker()
      return packed !== undefined && packed.length < plaintext.length ? packed : undefined
    },
    expand(packed, rawBytes) {
      const plaintext = expander.run(packed, rawBytes)
      if (plaintext === undefined) expander = newExpander()
      return plaintext?.length === rawBytes ? plaintext : undefined
    },
  }
}

/**
 * The quicker way where this Node has it. node:zlib documents no way to keep a zstd context over synchronous calls, which
 * saves a third of the time of a 128 KiB chunk; the handle inside its streams does. That handle may change with any
 * release, so it is used only when it proves itself here, frame by frame against the documented calls.
 */
export function startZstd(): Zstd {
  const proven = oneShotZstd()
  try {
    const quick = reusedZstd()
    return behavesLike(quick, proven) ? quick : proven
  } catch {
    return proven
  }
}

function behavesLike(quick: Zstd, proven: Zstd): boolean {
  const samples = [16, 4096, 131_072].map((length) => Buffer.alloc(length, 'a sample that repeats itself '))
  const roundTrips = samples.every((sample) => {
    const packed = Buffer.from(quick.compress(sample) ?? sample)
    if (packed.length === sample.length) return proven.compress(sample) === undefined
    const opened = [proven.expand(packed, sample.length), quick.expand(packed, sample.length)]
    return opened.every((plaintext) => plaintext !== undefined && sample.equals(plaintext))
  })
  const [, sample = Buffer.alloc(0)] = samples
  const packed = proven.compress(sample) ?? sample
  const refuses = [packed.subarray(0, -1), Buffer.from('no frame'), Buffer.concat([packed, packed])].every(
    (wrong) => quick.expand(wrong, sample.length) === undefined,
  )
  const bounded = quick.expand(packed, sample.length - 1) === undefined
  return roundTrips && refuses && bounded && quick.expand(packed, sample.length) !== undefined
}
