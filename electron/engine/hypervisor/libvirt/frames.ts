import { Failure } from '../../../../shared/failure.ts'
import { protocolVersion } from './protocol.ts'

/** Length word and six words of header. */
const headBytes = 28
/** libvirt's own limit of a payload (VIR_NET_MESSAGE_MAX). */
const maxPayloadBytes = 32 * 1024 * 1024

/** One message of libvirt's RPC. `serial` is the caller's own number, which replies and streams repeat. */
export type Frame = {
  readonly program: number
  readonly procedure: number
  readonly type: number
  readonly serial: number
  readonly status: number
  readonly body: Buffer
}

/** u32 length (itself included), then program, version, procedure, type, serial and status as u32, then the body. */
export function encodeFrame(frame: Frame): Buffer {
  const head = Buffer.alloc(headBytes)
  const words = [
    headBytes + frame.body.length,
    frame.program,
    protocolVersion,
    frame.procedure,
    frame.type,
    frame.serial,
    frame.status,
  ]
  for (const [index, word] of words.entries()) head.writeUInt32BE(word, index * 4)
  return Buffer.concat([head, frame.body])
}

/**
 * Cuts a stream of bytes into frames, whatever pieces it comes in. Fails with `host-unsupported` as soon as a length is
 * read that no honest host sends; nothing of that length is ever allocated.
 */
export class FrameReader {
  #parts: Buffer[] = []
  #lengthBytes = 0

  push(piece: Buffer): void {
    this.#parts.push(piece)
    this.#lengthBytes += piece.length
  }

  /** The next whole frame; undefined until more bytes came. */
  next(): Frame | undefined {
    const wantedBytes = this.#nextBytes()
    if (wantedBytes === undefined || this.#lengthBytes < wantedBytes) return undefined
    return decodeFrame(this.#take(wantedBytes))
  }

  #nextBytes(): number | undefined {
    if (this.#lengthBytes < 4) return undefined
    const wantedBytes = this.#first().readUInt32BE()
    if (wantedBytes < headBytes || wantedBytes > headBytes + maxPayloadBytes)
      throw new Failure('host-unsupported', `The host announced a message of ${wantedBytes} bytes`)
    return wantedBytes
  }

  /** At least four bytes in one piece. */
  #first(): Buffer {
    const first = this.#parts[0]
    return first !== undefined && first.length >= 4 ? first : this.#join()
  }

  #take(lengthBytes: number): Buffer {
    const all = this.#join()
    this.#lengthBytes -= lengthBytes
    this.#parts = this.#lengthBytes === 0 ? [] : [all.subarray(lengthBytes)]
    return all.subarray(0, lengthBytes)
  }

  #join(): Buffer {
    const [first, ...others] = this.#parts
    const all = first !== undefined && others.length === 0 ? first : Buffer.concat(this.#parts)
    this.#parts = [all]
    return all
  }
}

function decodeFrame(bytes: Buffer): Frame {
  return {
    program: bytes.readUInt32BE(4),
    procedure: bytes.readUInt32BE(12),
    type: bytes.readUInt32BE(16),
    serial: bytes.readUInt32BE(20),
    status: bytes.readUInt32BE(24),
    body: bytes.subarray(headBytes),
  }
}
