import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

type Params = Readonly<Record<string, unknown>>
type Listener = (method: string, params: Params) => void
type Reply = {
  readonly id?: number
  readonly method?: string
  readonly params?: Params
  readonly result?: Params
  readonly error?: { readonly message: string }
  readonly sessionId?: string
}

/** A connection to Chromium by its DevTools protocol; sessions share one socket. */
export class Devtools {
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, PromiseWithResolvers<Params>>()
  readonly #listeners = new Map<string, Listener>()
  #lastId = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => this.#hear(JSON.parse(String(data)) as Reply))
  }

  static async connect(url: string): Promise<Devtools> {
    const socket = new WebSocket(url)
    await once(socket as unknown as EventTarget & NodeJS.EventEmitter, 'open')
    return new Devtools(socket)
  }

  /** `session` is empty for the browser itself. */
  async send(session: string, method: string, params: Params = {}): Promise<Params> {
    const id = ++this.#lastId
    const waiting = Promise.withResolvers<Params>()
    this.#waiting.set(id, waiting)
    this.#socket.send(JSON.stringify({ id, method, params, ...(session === '' ? {} : { sessionId: session }) }))
    return waiting.promise
  }

  listen(session: string, listener: Listener): void {
    this.#listeners.set(session, listener)
  }

  #hear({ id, method, params, result, error, sessionId }: Reply): void {
    if (id === undefined) {
      this.#listeners.get(sessionId ?? '')?.(method ?? '', params ?? {})
      return
    }
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (error === undefined) waiting?.resolve(result ?? {})
    else waiting?.reject(new Error(error.message))
  }
}

export type Chromium = { readonly process: ChildProcess; readonly devtools: Devtools; readonly url: string }

const always = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--no-startup-window',
]

/** Debian's Chromium without a window of its own, with its state in `folder`. Fails with what it said when it ends at once. */
export async function startChromium(folder: string, switches: readonly string[]): Promise<Chromium> {
  const ports = ['--remote-debugging-port=0', '--remote-allow-origins=*', `--user-data-dir=${folder}`]
  const child = spawn('/usr/bin/chromium', [...always, ...ports, ...switches], { stdio: ['ignore', 'ignore', 'pipe'] })
  const said: string[] = []
  for await (const line of createInterface(child.stderr)) {
    said.push(line)
    const url = /^DevTools listening on (ws:\S+)$/.exec(line)?.[1]
    if (url === undefined) continue
    child.stderr.resume()
    return { process: child, url, devtools: await Devtools.connect(url) }
  }
  throw new Error(`Chromium ended: ${said.join('\n')}`)
}
