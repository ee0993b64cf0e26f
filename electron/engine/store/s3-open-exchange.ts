import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { StalledError } from './s3-error.ts'

const continueMs = 1000

/** A request that was begun. */
export type OpenExchange = {
  readonly request: ClientRequest
  readonly watch: IdleWatch
  readonly socket: Promise<Socket>
  readonly response: Promise<IncomingMessage>
  /** Ends it; what waits for it fails with this. */
  fail(thrown: unknown): void
  write(bytes: Uint8Array): Promise<void>
  /** Sends the headers alone, and answers whether the body is wanted: false when the answer is there already. */
  mayContinue(): Promise<boolean>
}

/** Fails with `StalledError` when nothing moves for `idleMs`, with the signal's reason as soon as it aborts. */
export function openExchange(request: ClientRequest, idleMs: number, signal: AbortSignal): OpenExchange {
  const response = Promise.withResolvers<IncomingMessage>()
  const socket = Promise.withResolvers<Socket>()
  const failed = Promise.withResolvers<never>()
  for (const each of [response, socket, failed]) each.promise.catch(() => {})
  const fail = (thrown: unknown): void => {
    for (const each of [response, socket, failed]) each.reject(thrown)
    request.destroy(thrown instanceof Error ? thrown : new Error(String(thrown)))
  }
  const watch = new IdleWatch(idleMs, () => fail(new StalledError(idleMs)))
  const abort = (): void => fail(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  request.on('socket', (each) => socket.resolve(each))
  request.on('response', (each) => {
    watch.touch()
    response.resolve(each)
  })
  request.on('error', fail)
  request.on('close', () => {
    signal.removeEventListener('abort', abort)
    watch.stop()
    fail(Object.assign(new Error('The connection was closed'), { code: 'ECONNRESET' }))
  })
  const write = (bytes: Uint8Array): Promise<void> =>
    Promise.race([
      failed.promise,
      new Promise<void>((resolve, reject) => request.write(bytes, (thrown) => (thrown ? reject(thrown) : resolve()))),
    ])
  const mayContinue = (): Promise<boolean> => Promise.race([askLeave(request), failed.promise])
  return { request, watch, socket: socket.promise, response: response.promise, fail, write, mayContinue }
}

async function askLeave(request: ClientRequest): Promise<boolean> {
  const leave = Promise.withResolvers<boolean>()
  request.once('continue', () => leave.resolve(true))
  request.once('response', () => leave.resolve(false))
  const timer = setTimeout(() => leave.resolve(true), continueMs)
  request.flushHeaders()
  try {
    return await leave.promise
  } finally {
    clearTimeout(timer)
  }
}

/** How slow a line may be that still moves, before an exchange is given up all the same. */
const slowestBytesPerSecond = 512
const idlesAllowed = 20

/** Calls `onIdle` once: when it is neither touched nor held for `idleMs`, or when moving takes longer than any use. */
export class IdleWatch {
  readonly #idleMs: number
  readonly #onIdle: () => void
  #timer: NodeJS.Timeout | undefined
  #endsAt: number
  #stopped = false

  constructor(idleMs: number, onIdle: () => void) {
    this.#idleMs = idleMs
    this.#onIdle = onIdle
    this.#endsAt = performance.now() + idleMs * idlesAllowed
    this.touch()
  }

  /** So many bytes are to be moved. */
  allow(sizeBytes: number): void {
    this.#endsAt += (sizeBytes / slowestBytesPerSecond) * 1000
  }

  touch(): void {
    this.hold()
    if (this.#stopped) return
    const leftMs = Math.max(0, Math.min(this.#idleMs, this.#endsAt - performance.now()))
    this.#timer = setTimeout(this.#onIdle, leftMs)
  }

  /** Nothing is waited for now. */
  hold(): void {
    clearTimeout(this.#timer)
  }

  stop(): void {
    this.#stopped = true
    this.hold()
  }
}
