import type { Duplex } from 'node:stream'
import { Failure } from '../../../../shared/failure.ts'
import { encodeFrame, type Frame, FrameReader } from './frames.ts'
import { readError } from './libvirt-error.ts'
import { keepaliveProcedures, messageTypes, procedures, programs, statuses } from './protocol.ts'
import { DownloadStream } from './streams.ts'
import { XdrReader, XdrWriter } from './xdr.ts'

/**
 * Calls at the host at once. libvirt's daemon stops reading from a client that has five under way
 * (`max_client_requests`), pings included; what is more waits here.
 */
const maxUnderWay = 4

/** Of waiting for the answer to a goodbye. */
const goodbyeMs = 2000

/** One call. The remote program unless another is named. */
export type Request = {
  readonly program?: number
  readonly procedure: number
  readonly write?: (writer: XdrWriter) => void
}

type Call = { readonly resolve: (body: XdrReader) => void; readonly reject: (reason: unknown) => void }

/**
 * libvirt's RPC over anything that carries bytes both ways. Replies come in any order. When the peer goes away, falls
 * silent or breaks the protocol, everything under way fails with the same `Failure`, which is also the reason of `lost`.
 */
export class RpcClient implements AsyncDisposable {
  readonly #socket: Duplex
  readonly #frames = new FrameReader()
  readonly #calls = new Map<number, Call>()
  readonly #streams = new Map<number, DownloadStream>()
  readonly #waiting = new Set<() => void>()
  readonly #loss = new AbortController()
  readonly #onEvent: (procedure: number, body: XdrReader) => void
  #serial = 1
  #heard = 0

  /** `onEvent` gets what the host sends unasked. A body it cannot read ends the connection. */
  constructor(socket: Duplex, onEvent: (procedure: number, body: XdrReader) => void) {
    this.#socket = socket
    this.#onEvent = onEvent
    socket.on('data', (piece: Buffer) => this.#receive(piece))
    socket.on('error', (error) => this.fail(unreachable(`The connection to the host broke: ${error.message}`)))
    for (const end of ['end', 'close']) socket.on(end, () => this.fail(unreachable('The host closed the connection')))
  }

  get lost(): AbortSignal {
    return this.#loss.signal
  }

  /** Messages received so far: what the silence of a host is judged by. */
  get heard(): number {
    return this.#heard
  }

  /** Fails with the host's `LibvirtError`. Aborting only stops the waiting: what the host was asked for, it still does. */
  async call(request: Request, signal: AbortSignal): Promise<XdrReader> {
    return await this.#start(this.#serial++, request, signal)
  }

  /** A call that is answered by a reply and then by a stream, which the caller disposes of. */
  async download(
    request: Request,
    signal: AbortSignal,
  ): Promise<{ readonly reply: XdrReader; readonly stream: DownloadStream }> {
    const serial = this.#serial++
    const stream = new DownloadStream((status) => this.#send(request, messageTypes.stream, serial, status))
    this.#streams.set(serial, stream)
    try {
      return { reply: await this.#start(serial, request, signal), stream }
    } catch (error) {
      await stream[Symbol.asyncDispose]()
      this.#streams.delete(serial)
      throw error
    }
  }

  ping(): void {
    this.#sendKeepalive(keepaliveProcedures.ping)
  }

  /** Ends the connection for the reason given; later calls fail with it at once. */
  fail(failure: Failure): void {
    if (this.lost.aborted) return
    this.#loss.abort(failure)
    for (const call of this.#calls.values()) call.reject(failure)
    for (const stream of this.#streams.values()) stream.fail(failure)
    for (const proceed of this.#waiting) proceed()
    this.#calls.clear()
    this.#streams.clear()
    this.#socket.destroy()
  }

  /**
   * Says goodbye and hears the answer before it hangs up. A libvirt 9.0 daemon that meets the end of the pipe while it still
   * works on the goodbye frees its event callbacks twice and dies (seen within 200 connections that were closed at once, never
   * within 50,000 that waited).
   */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.lost.aborted) return
    await this.call({ procedure: procedures.connectClose }, AbortSignal.timeout(goodbyeMs)).catch(() => undefined)
    if (this.lost.aborted) return
    await new Promise<void>((resolve) => {
      this.#socket.once('close', resolve)
      this.#socket.end(() => this.fail(unreachable('The connection to the host was closed here')))
    })
  }

  async #start(serial: number, request: Request, signal: AbortSignal): Promise<XdrReader> {
    while (this.#calls.size >= maxUnderWay && !this.lost.aborted) await this.#turn(signal)
    signal.throwIfAborted()
    this.lost.throwIfAborted()
    return await new Promise<XdrReader>((resolve, reject) => {
      const abort = () => reject(signal.reason)
      const settle = () => signal.removeEventListener('abort', abort)
      signal.addEventListener('abort', abort, { once: true })
      this.#send(request, messageTypes.call, serial, statuses.ok)
      this.#calls.set(serial, {
        resolve: (body) => resolve(settleWith(settle, body)),
        reject: (reason) => reject(settleWith(settle, reason)),
      })
    })
  }

  /** Resolves when a place may have become free. */
  #turn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    return new Promise((resolve, reject) => {
      const proceed = () => {
        this.#waiting.delete(proceed)
        signal.removeEventListener('abort', abort)
        resolve()
      }
      const abort = () => {
        this.#waiting.delete(proceed)
        reject(signal.reason)
      }
      this.#waiting.add(proceed)
      signal.addEventListener('abort', abort, { once: true })
    })
  }

  #receive(piece: Buffer): void {
    try {
      this.#frames.push(piece)
      for (let frame = this.#frames.next(); frame !== undefined; frame = this.#frames.next()) {
        this.#heard++
        this.#dispatch(frame)
      }
    } catch (error) {
      this.fail(
        error instanceof Failure
          ? error
          : new Failure('bug', `A message of the host: ${String(error)}`, { cause: error }),
      )
    }
  }

  #dispatch(frame: Frame): void {
    if (frame.program === programs.keepalive) this.#answerKeepalive(frame)
    else if (frame.type === messageTypes.reply) this.#settle(frame)
    else if (frame.type === messageTypes.stream) this.#pass(frame)
    else if (frame.type === messageTypes.event && frame.program === programs.remote)
      this.#onEvent(frame.procedure, new XdrReader(frame.body))
  }

  #answerKeepalive(frame: Frame): void {
    if (frame.procedure === keepaliveProcedures.ping) this.#sendKeepalive(keepaliveProcedures.pong)
  }

  /** A refusal is read first: while it cannot be read, its call is still there to fail with the connection. */
  #settle(frame: Frame): void {
    const call = this.#calls.get(frame.serial)
    if (call === undefined) return
    const body = new XdrReader(frame.body)
    const refusal = frame.status === statuses.ok ? undefined : readError(body)
    this.#calls.delete(frame.serial)
    const [next] = this.#waiting
    next?.()
    if (refusal === undefined) call.resolve(body)
    else call.reject(refusal)
  }

  /** A stream whose opening nobody waited for any more is refused, or the host would go on with it. */
  #pass(frame: Frame): void {
    const stream = this.#streams.get(frame.serial)
    if (stream === undefined && frame.status === statuses.more)
      this.#send(frame, messageTypes.stream, frame.serial, statuses.error)
    if (stream?.accept(frame)) this.#streams.delete(frame.serial)
  }

  #sendKeepalive(procedure: number): void {
    this.#send({ program: programs.keepalive, procedure }, messageTypes.event, 0, statuses.ok)
  }

  #send(request: Request, type: number, serial: number, status: number): void {
    if (this.lost.aborted) return
    const body = new XdrWriter()
    if (type === messageTypes.call) request.write?.(body)
    const { program = programs.remote, procedure } = request
    this.#socket.write(encodeFrame({ program, procedure, type, serial, status, body: body.bytes() }))
  }
}

function settleWith<T>(settle: () => void, value: T): T {
  settle()
  return value
}

function unreachable(message: string): Failure {
  return new Failure('host-unreachable', message)
}
