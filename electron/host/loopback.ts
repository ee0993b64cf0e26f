import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { type CallName, calls, type EventName, events } from '../../shared/contract.ts'
import { Failure, toWire } from '../../shared/failure.ts'
import type { Connection } from '../../shared/wire.ts'
import { readJson } from './body.ts'
import { answerDownload, ticketOf } from './download-answer.ts'
import type { Downloads } from './downloads.ts'
import { bearerOf, type Refusal, refusalOf } from './guard.ts'
import { type PageFiles, pageWithPolicy } from './page-files.ts'
import { type Tokens, tokens } from './tokens.ts'

export type LoopbackOptions = {
  readonly engine: Connection<AbortSignal>
  readonly files: PageFiles
  readonly downloads: Downloads
  /** 0 for any free one. */
  readonly port: number
  /** How long a client may take to send its headers, and its whole request. */
  readonly headersWaitMs?: number
  readonly requestWaitMs?: number
}

export type Loopback = AsyncDisposable & {
  readonly port: number
  /** A link that opens the console once: `http://127.0.0.1:<port>/#once=<token>`. The token never leaves the page by itself. */
  newLink(): string
}

/**
 * The window and the contract over HTTP, on 127.0.0.1 alone:
 *
 * - `GET /…` the built window, under a strict content security policy
 * - `GET /files/<ticket>`, with `?inline` to be shown: a file or an archive out of a point; the ticket is the secret
 * - `POST /session` with a link's token as bearer → `{ token }` of a session, once
 * - `POST /call/<name>` with the session's token, JSON in → `{ value }` or `{ failure }`; closing the request cancels the call
 * - `GET /events` with the session's token → one JSON object `{ name, value }` per line; an empty line every 15 s
 *
 * Everything else is refused.
 */
export async function startLoopback(options: LoopbackOptions): Promise<Loopback> {
  const known = tokens()
  const server = createServer(limits(options))
  server.maxConnections = 64
  await listen(server, options.port)
  const { port } = server.address() as AddressInfo
  const door = { ...options, tokens: known, authority: `127.0.0.1:${port}` }
  server.on('request', (request, response) => {
    void handle(door, request, response).catch((thrown: unknown) => {
      if (!response.headersSent) sendJson(response, 200, { failure: toWire(thrown) })
      else response.destroy()
    })
  })
  return {
    port,
    newLink: () => `http://${door.authority}/#once=${known.issue()}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

/** A client that dribbles its request is cut off; one that waits for a long answer is not. */
function limits(options: LoopbackOptions) {
  return {
    headersTimeout: options.headersWaitMs ?? 10_000,
    requestTimeout: options.requestWaitMs ?? 30_000,
    connectionsCheckingInterval: 1000,
    keepAliveTimeout: 5000,
    maxHeaderSize: 16 * 1024,
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const refused = (cause: Error): void => {
      reject(new Failure('invalid-argument', `Port ${port} cannot be had: ${cause.message}`, { cause }))
    }
    server.once('error', refused)
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      server.off('error', refused)
      resolve()
    })
  })
}

type Door = LoopbackOptions & { readonly tokens: Tokens; readonly authority: string }

async function handle(door: Door, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const [name, value] of Object.entries(everyAnswer)) response.setHeader(name, value)
  const refusal = refusalOf(request, door.authority)
  if (refusal !== undefined) return refuse(response, refusal)
  const path = request.url ?? ''
  if (request.method === 'POST' && path === '/session') return openSession(door, request, response)
  if (request.method === 'POST' && path.startsWith('/call/')) return call(door, path.slice(6), request, response)
  if (request.method === 'GET') return get(door, path, request, response)
  return refuse(response, { status: 405, reason: 'Not allowed' })
}

async function get(door: Door, path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (path === '/events') return sendEvents(door, request, response)
  if (path.startsWith('/files/')) return sendDownload(door, request, response)
  return sendFile(door, path === '/' ? '/index.html' : path, response)
}

const everyAnswer = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), payment=()',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
}

const unauthorized: Refusal = { status: 401, reason: 'Open the console by a new link' }

async function openSession(door: Door, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const token = door.tokens.exchange(bearerOf(request))
  if (token === undefined) return refuse(response, unauthorized)
  sendJson(response, 200, { token })
}

async function call(door: Door, name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!door.tokens.isSession(bearerOf(request))) return refuse(response, unauthorized)
  if (!Object.hasOwn(calls, name)) return refuse(response, { status: 404, reason: 'No such call' })
  const body = await readJson(request)
  if ('status' in body) return refuse(response, body)
  const abort = new AbortController()
  response.once('close', () => abort.abort())
  const start = door.engine.calls[name as CallName] as (argument: unknown, signal: AbortSignal) => Promise<unknown>
  try {
    sendJson(response, 200, { value: await start(body.value, abort.signal) })
  } catch (thrown) {
    sendJson(response, 200, { failure: toWire(thrown) })
  }
}

const heartbeatMs = 15_000

/** A window that does not read is cut off; it opens the stream anew and asks for its lists again. */
const unreadLimitBytes = 4 * 1024 * 1024

async function sendEvents(door: Door, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!door.tokens.isSession(bearerOf(request))) return refuse(response, unauthorized)
  response.setHeader('content-type', 'application/x-ndjson')
  response.flushHeaders()
  const write = (line: string): void => {
    if (response.writableLength > unreadLimitBytes) response.destroy()
    else response.write(`${line}\n`)
  }
  const names = Object.keys(events) as EventName[]
  const stops = names.map((name) => door.engine.on(name, (value) => write(JSON.stringify({ name, value }))))
  const heartbeat = setInterval(write, heartbeatMs, '')
  response.once('close', () => {
    clearInterval(heartbeat)
    for (const stop of stops) stop()
  })
}

async function sendDownload(door: Door, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [path, query] = (request.url ?? '').split('?')
  const ticket = ticketOf(path ?? '')
  if (ticket === undefined) return refuse(response, { status: 404, reason: 'Not here' })
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const wanted = { ticket, isInline: query === 'inline', range: rangeAsked(request) }
  const { status, headers, body } = await answerDownload(door.downloads, wanted, gone.signal)
  response.writeHead(status, headers)
  if (typeof body === 'string') response.end(body)
  // What fails on the way destroys the connection, so that nobody takes a part for the whole.
  else await pipeline(body, response).catch(() => response.destroy())
}

/** A range holds only for the very same answer, and none of ours has a name by which it could be known again. */
function rangeAsked({ headers }: IncomingMessage): string | undefined {
  return headers['if-range'] === undefined ? headers.range : undefined
}

async function sendFile(door: Door, path: string, response: ServerResponse): Promise<void> {
  const file = door.files.get(path)
  if (file === undefined) return refuse(response, { status: 404, reason: 'Not here' })
  response.setHeader('content-type', file.type)
  if (path !== '/index.html') {
    response.end(file.bytes)
    return
  }
  const page = pageWithPolicy(file)
  response.setHeader('content-security-policy', page.policy)
  response.end(page.bytes)
}

/** The connection is closed: what else such a client sent is not worth reading. */
async function refuse(response: ServerResponse, { status, reason }: Refusal): Promise<void> {
  response.setHeader('connection', 'close')
  sendJson(response, status, { refused: reason })
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(value))
}
