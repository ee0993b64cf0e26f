import { type Call, callFailure, settle } from './call.ts'
import { broken, printable } from './handshake.ts'
import {
  chunkDone,
  chunks,
  commands,
  errorName,
  simpleReplyBytes,
  simpleReplyMagic,
  structuredReplyBytes,
  structuredReplyMagic,
} from './protocol.ts'

/** What one step of a reply needs: some bytes as a whole, or a run of bytes that go straight to the caller. */
type Step =
  | { readonly kind: 'gather'; readonly bytes: Buffer; done: number; then(bytes: Buffer): Step }
  | { readonly kind: 'pour'; readonly call: Call; at: number; leftBytes: number; then(): Step }

type Chunk = { readonly flags: number; readonly type: number; readonly lengthBytes: number }

/** QEMU and nbdkit answer at most 2^20 extents at once. */
const statusLimitBytes = 4 + 8 * 2 ** 20
const errorLimitBytes = 64 * 1024

/**
 * Reads simple and structured replies out of a stream of bytes, however it is cut. Bytes of a read are copied once, into the
 * caller's buffer. Throws when the server breaks the protocol; nothing that it sends can be read twice as long as it says.
 */
export class ReplyReader {
  readonly #calls: Map<number, Call>
  readonly #structured: boolean
  #step: Step = this.#head()

  /** Calls are taken out of `calls` as they are settled. */
  constructor(calls: Map<number, Call>, structured: boolean) {
    this.#calls = calls
    this.#structured = structured
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; ; ) {
      const step = this.#step
      at += step.kind === 'gather' ? gather(step, bytes, at) : pour(step, bytes, at)
      if (step.kind === 'gather') {
        if (step.done < step.bytes.length) return
        this.#step = step.then(step.bytes)
      } else {
        if (step.leftBytes > 0) return
        this.#step = step.then()
      }
    }
  }

  #head(): Step {
    return want(simpleReplyBytes, (head) => {
      const magic = head.readUInt32BE(0)
      if (magic === simpleReplyMagic) return this.#simple(head)
      if (magic !== structuredReplyMagic) throw broken('a reply has the wrong magic')
      return want(structuredReplyBytes - simpleReplyBytes, (tail) => this.#chunk(head, tail.readUInt32BE(0)))
    })
  }

  #simple(head: Buffer): Step {
    const cookie = this.#cookie(head)
    const call = this.#call(cookie)
    const error = head.readUInt32BE(4)
    if (error !== 0) call.failure = callFailure(call, errorName(error))
    if (error !== 0 || (call.command !== commands.read && call.command !== commands.blockStatus)) {
      return this.#finish(cookie)
    }
    if (this.#structured || call.command === commands.blockStatus) throw broken('a simple reply to a read')
    return this.#pour(call, 0, call.lengthBytes, () => this.#finish(cookie))
  }

  #chunk(head: Buffer, lengthBytes: number): Step {
    const cookie = this.#cookie(head)
    const call = this.#call(cookie)
    const chunk = { flags: head.readUInt16BE(4), type: head.readUInt16BE(6), lengthBytes }
    const next = (): Step => ((chunk.flags & chunkDone) === 0 ? this.#head() : this.#finish(cookie))
    if ((chunk.type & chunks.errorBit) !== 0) return this.#error(call, chunk, next)
    if (chunk.type === chunks.none && lengthBytes === 0) return next()
    if (call.command === commands.read) return this.#content(call, chunk, next)
    if (call.command === commands.blockStatus) return this.#status(call, chunk, next)
    throw broken(`a chunk of type ${chunk.type} for command ${call.command}`)
  }

  #content(call: Call, chunk: Chunk, next: () => Step): Step {
    if (chunk.type === chunks.data && chunk.lengthBytes > 8) {
      return want(8, (bytes) => {
        const lengthBytes = chunk.lengthBytes - 8
        return this.#pour(call, needInside(call, bytes, lengthBytes), lengthBytes, next)
      })
    }
    if (chunk.type !== chunks.hole || chunk.lengthBytes !== 12) throw broken(`a chunk of type ${chunk.type} for a read`)
    return want(12, (bytes) => {
      const lengthBytes = bytes.readUInt32BE(8)
      const at = needInside(call, bytes, lengthBytes)
      call.into?.fill(0, at, at + lengthBytes)
      call.toldBytes += lengthBytes
      return next()
    })
  }

  #status(call: Call, { type, lengthBytes }: Chunk, next: () => Step): Step {
    const sound = type === chunks.blockStatus && lengthBytes >= 12 && lengthBytes % 8 === 4
    if (!sound || lengthBytes > statusLimitBytes) throw broken(`${lengthBytes} bytes of block status`)
    return want(lengthBytes, (bytes) => {
      if (bytes.readUInt32BE(0) === call.contextId) readExtents(call, bytes)
      return next()
    })
  }

  #error(call: Call, { lengthBytes }: Chunk, next: () => Step): Step {
    if (lengthBytes < 6 || lengthBytes > errorLimitBytes) throw broken(`an error of ${lengthBytes} bytes`)
    return want(lengthBytes, (bytes) => {
      const text = printable(bytes.subarray(6, 6 + bytes.readUInt16BE(4)))
      const name = errorName(bytes.readUInt32BE(0))
      call.failure ??= callFailure(call, text === '' ? name : `${name}, ${text}`)
      return next()
    })
  }

  #pour(call: Call, at: number, lengthBytes: number, then: () => Step): Step {
    call.toldBytes += lengthBytes
    return { kind: 'pour', call, at, leftBytes: lengthBytes, then }
  }

  #finish(cookie: number): Step {
    settle(this.#call(cookie))
    this.#calls.delete(cookie)
    return this.#head()
  }

  #cookie(head: Buffer): number {
    return Number(head.readBigUInt64BE(8))
  }

  #call(cookie: number): Call {
    const call = this.#calls.get(cookie)
    if (call === undefined) throw broken('it answers a request that was not made')
    return call
  }
}

function want(lengthBytes: number, then: (bytes: Buffer) => Step): Step {
  return { kind: 'gather', bytes: Buffer.alloc(lengthBytes), done: 0, then }
}

function gather(step: Step & { kind: 'gather' }, bytes: Uint8Array, at: number): number {
  const piece = bytes.subarray(at, at + step.bytes.length - step.done)
  step.bytes.set(piece, step.done)
  step.done += piece.length
  return piece.length
}

function pour(step: Step & { kind: 'pour' }, bytes: Uint8Array, at: number): number {
  const piece = bytes.subarray(at, at + step.leftBytes)
  step.call.into?.set(piece, step.at)
  step.at += piece.length
  step.leftBytes -= piece.length
  return piece.length
}

/** Where in the caller's buffer the range lies whose offset `bytes` begins with. */
function needInside(call: Call, bytes: Buffer, lengthBytes: number): number {
  const at = Number(bytes.readBigUInt64BE(0)) - call.offset
  if (lengthBytes > 0 && at >= 0 && at + lengthBytes <= call.lengthBytes) return at
  throw broken(`${lengthBytes} bytes at ${at + call.offset} were not asked for`)
}

function readExtents(call: Call, bytes: Buffer): void {
  let start = call.extents.at(-1)?.end ?? call.offset
  for (let at = 4; at < bytes.length; at += 8) {
    const lengthBytes = bytes.readUInt32BE(at)
    if (lengthBytes === 0) throw broken('an extent of no length')
    call.extents.push({ start, end: start + lengthBytes, flags: bytes.readUInt32BE(at + 4) })
    start += lengthBytes
  }
}
