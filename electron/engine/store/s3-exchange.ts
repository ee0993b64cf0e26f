import http from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import type { S3Address } from '../../../shared/repository.ts'
import { KiB, MiB } from '../../../shared/units.ts'
import type { Clock } from '../base/clock.ts'
import { WrongAnswer } from './s3-error.ts'
import { type OpenExchange, openExchange } from './s3-open-exchange.ts'
import { trustOf, untilTrusted } from './s3-trust.ts'
import type { Throttle } from './throttle.ts'

/** An HTTP request as the SDK hands it over: signed, its body in one piece. */
export type ExchangeRequest = {
  readonly protocol: string
  readonly hostname: string
  readonly port?: number
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>
  readonly body?: unknown
}

export type ExchangeResponse = {
  readonly statusCode: number
  readonly headers: Record<string, string>
  /** A stream for an object's bytes, everything else in one piece. */
  readonly body: Readable | Uint8Array
}

/** S3 answers at most 1,000 names at once, each at most 1,024 bytes. */
const largestAnswerBytes = 8 * MiB
const pieceBytes = 64 * KiB
const connections = 32

/**
 * HTTP to one store. Every wait ends: when nothing moves for `idleMs` the exchange fails with `StalledError`, so that a slow
 * line is no failure and a black hole is one.
 */
export class Exchange {
  readonly #address: S3Address
  readonly #clock: Clock
  readonly #throttle: Throttle
  readonly #agents: { readonly 'http:': http.Agent; readonly 'https:': https.Agent }
  #last: Pick<ExchangeRequest, 'protocol' | 'hostname' | 'port'> | undefined
  #skewMs = 0
  /** Connections whose certificate was looked at when they were made. */
  readonly #trusted = new WeakSet<Socket>()

  constructor(address: S3Address, clock: Clock, throttle: Throttle) {
    this.#address = address
    this.#clock = clock
    this.#throttle = throttle
    const kept = { keepAlive: true, maxSockets: connections, scheduling: 'lifo' as const }
    this.#agents = {
      'http:': new http.Agent(kept),
      'https:': new https.Agent({ ...kept, ...trustOf(address), maxCachedSessions: 0 }),
    }
  }

  /** The store's clock minus this machine's, as its last answer told it, to the second. */
  get skewMs(): number {
    return this.#skewMs
  }

  close(): void {
    this.#agents['http:'].destroy()
    this.#agents['https:'].destroy()
  }

  /** Connections that wait for use may lead to a machine that is gone. */
  dropIdle(): void {
    for (const agent of Object.values(this.#agents)) {
      for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy()
    }
  }

  async send(request: ExchangeRequest, idleMs: number, signal: AbortSignal): Promise<ExchangeResponse> {
    signal.throwIfAborted()
    this.#last = request
    const open = this.#open(request, idleMs, signal, this.#agents[schemeOf(request)])
    const sent = this.#sendBody(open, request, signal).catch((thrown: unknown) => open.fail(thrown))
    const response = await open.response
    this.#note(response)
    const answer = await this.#answerOf(open, request, response)
    if (open.request.writableEnded) await sent
    else open.request.destroy()
    return answer
  }

  /** Whether anything answers there, unsigned and on a connection of its own: an error of the store's own making says no. */
  async isUp(idleMs: number, signal: AbortSignal): Promise<boolean> {
    this.dropIdle()
    if (this.#last === undefined) return true
    const agent = false
    const { protocol, hostname, port } = this.#last
    const to = { protocol, hostname, ...(port === undefined ? {} : { port }) }
    const request = { ...to, method: 'HEAD', path: '/', headers: { host: hostOf(to) } }
    const open = this.#open(request, idleMs, signal, agent)
    try {
      await this.#sendBody(open, request, signal)
      const response = await open.response
      response.resume()
      return (response.statusCode ?? 500) < 500
    } catch {
      return false
    } finally {
      open.watch.stop()
      open.request.destroy()
    }
  }

  #open(request: ExchangeRequest, idleMs: number, signal: AbortSignal, agent: http.Agent | false): OpenExchange {
    const options = {
      host: request.hostname.replaceAll(/[[\]]/g, ''),
      port: request.port,
      method: request.method,
      path: request.path + queryOf(request),
      headers: request.headers,
      agent,
      ...(agent === false && schemeOf(request) === 'https:' ? trustOf(this.#address) : {}),
    }
    const made = schemeOf(request) === 'https:' ? https.request(options) : http.request(options)
    return openExchange(made, idleMs, signal)
  }

  async #sendBody(open: OpenExchange, { headers, body }: ExchangeRequest, signal: AbortSignal): Promise<void> {
    const socket = await open.socket
    if (!this.#trusted.has(socket)) await untilTrusted(socket, this.#address.fingerprint)
    this.#trusted.add(socket)
    open.watch.touch()
    const bytes = bytesOf(body)
    open.watch.allow(bytes.length)
    const wantsLeave = Object.entries(headers).some(
      ([name, value]) => /^expect$/i.test(name) && value === '100-continue',
    )
    if (wantsLeave && !(await open.mayContinue())) return
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + this.#throttle.pieceBytes(pieceBytes))
      open.watch.hold()
      await this.#throttle.take(piece.length, signal)
      open.watch.touch()
      await open.write(piece)
      at += piece.length
    }
    open.request.end()
    open.watch.touch()
  }

  #note(response: http.IncomingMessage): void {
    const at = Date.parse(response.headers.date ?? '')
    if (Number.isFinite(at)) this.#skewMs = at - this.#clock.now()
  }

  async #answerOf(
    open: OpenExchange,
    request: ExchangeRequest,
    response: http.IncomingMessage,
  ): Promise<ExchangeResponse> {
    const statusCode = response.statusCode ?? 0
    const headers = Object.fromEntries(
      Object.entries(response.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : (value ?? ''),
      ]),
    )
    const isObject = request.query?.['x-id'] === 'GetObject' && statusCode >= 200 && statusCode < 300
    if (isObject) {
      open.watch.allow(Number(headers['content-length'] ?? 0))
      return { statusCode, headers, body: Readable.from(piecesOf(open, response)) }
    }
    return { statusCode, headers, body: xmlOf(statusCode, await wholeOf(open, response)) }
  }
}

function schemeOf({ protocol }: Pick<ExchangeRequest, 'protocol'>): 'http:' | 'https:' {
  return protocol === 'http:' ? 'http:' : 'https:'
}

function hostOf({ hostname, port }: Pick<ExchangeRequest, 'hostname' | 'port'>): string {
  return port === undefined ? hostname : `${hostname}:${port}`
}

function queryOf({ query = {} }: ExchangeRequest): string {
  const encode = (text: string): string =>
    encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  const parts = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((each) =>
      each ? `${encode(name)}=${encode(each)}` : `${encode(name)}=`,
    ),
  )
  return parts.length === 0 ? '' : `?${parts.join('&')}`
}

function bytesOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body
  return new TextEncoder().encode(typeof body === 'string' ? body : '')
}

async function* piecesOf(open: OpenExchange, response: http.IncomingMessage): AsyncGenerator<Uint8Array> {
  for await (const piece of response) {
    open.watch.touch()
    yield piece
  }
  open.watch.stop()
}

async function wholeOf(open: OpenExchange, response: http.IncomingMessage): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let sizeBytes = 0
  for await (const piece of piecesOf(open, response)) {
    sizeBytes += piece.length
    if (sizeBytes > largestAnswerBytes) throw new WrongAnswer('It answers without end')
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/**
 * S3 speaks XML without declarations, and nothing else: a declaration could name entities that grow without end, and pages
 * of proxies are no answers. What comes with an error is only kept when it can tell which.
 */
function xmlOf(statusCode: number, body: Uint8Array): Uint8Array {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const isSound = !text.includes('<!')
  if (statusCode >= 400) return isSound && text.includes('<Error') ? body : new Uint8Array()
  if (isSound) return body
  throw new WrongAnswer('Something answers there that is no S3 store')
}
