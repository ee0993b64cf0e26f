import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import { type Drag, desk } from '../desk.ts'
import { isPrevented, session } from '../electron.ts'
import { app } from './app.ts'
import type { Devtools } from './devtools.ts'
import { handleInvoke, ipcMain } from './ipc.ts'
import { isolatedWorld, pageWorld } from './page-worlds.ts'
import { type Far, fromPage } from './ports.ts'

const isolated = 'Electron Isolated Context'

/** Chromium knows no schemes of ours: `app://console/` is shown as this, and every request for it is answered by the handler. */
const shown = /^http:\/\/([a-z]+)\.([a-z]+)\.localhost\//

function toShown(url: string): string {
  return url.replace(/^([a-z]+):\/\/([a-z]+)\//, 'http://$2.$1.localhost/')
}

function fromShown(url: string): string {
  return url.replace(shown, '$2://$1/')
}

type Message =
  | { readonly kind: 'port'; readonly port: number; readonly value: unknown }
  | { readonly kind: 'send'; readonly channel: string; readonly args: readonly unknown[] }
  | { readonly kind: 'invoke'; readonly id: number; readonly channel: string; readonly args: readonly unknown[] }

type Paused = {
  readonly requestId: string
  readonly resourceType: string
  readonly request: { readonly url: string; readonly method: string; readonly headers: Record<string, string> }
}

type OpenHandler = (details: { readonly url: string }) => { readonly action: string }

/** A page of Chromium with Electron's side of it: preload, ports, messages, the handlers of schemes, refusals. */
class WebContents extends EventEmitter {
  readonly session = session.defaultSession
  readonly mainFrame = { url: '' }
  readonly window: BrowserWindow
  targetId = ''
  isGone = false
  readonly #preload: string
  readonly #opened: Promise<void>
  #devtools: Devtools | undefined
  #session = ''
  #context: number | undefined
  #open: OpenHandler = () => ({ action: 'allow' })

  constructor(window: BrowserWindow, preload: string | undefined, size: { width?: number; height?: number }) {
    super()
    this.window = window
    this.#preload = preload === undefined ? '' : readFileSync(preload, 'utf8')
    this.#opened = this.#attach(size)
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#open = handler
  }
  getURL(): string {
    return this.mainFrame.url
  }
  isDestroyed(): boolean {
    return this.isGone
  }
  close(): void {
    this.window.close()
  }

  async loadURL(url: string): Promise<void> {
    await this.#opened
    this.mainFrame.url = url
    const loaded = new Promise((resolve) => this.once('did-finish-load', resolve))
    await this.#ask('Page.navigate', { url: toShown(url) })
    await loaded
  }

  startDrag(drag: Drag): void {
    desk.drags.push(drag)
  }

  send(channel: string, value?: unknown): void {
    void this.#tell({ kind: 'message', channel, value, ports: [] })
  }

  postMessage(channel: string, value: unknown, transferred: readonly Far[] = []): void {
    const ports = transferred.map((port) =>
      port.sendTo(this, (id, data) => void this.#tell({ kind: 'port', port: id, value: data })),
    )
    void this.#tell({ kind: 'message', channel, value, ports })
  }

  async closeTarget(): Promise<void> {
    this.isGone = true
    this.emit('page-gone')
    await this.#opened
    await this.#devtools?.send('', 'Target.closeTarget', { targetId: this.targetId }).catch(() => undefined)
  }

  async #attach(size: { width?: number; height?: number }): Promise<void> {
    const devtools = (await app.chromium).devtools
    this.#devtools = devtools
    const created = await devtools.send('', 'Target.createTarget', { url: 'about:blank', newWindow: true, ...size })
    this.targetId = String(created['targetId'])
    const attached = await devtools.send('', 'Target.attachToTarget', { targetId: this.targetId, flatten: true })
    this.#session = String(attached['sessionId'])
    devtools.listen(this.#session, (method, params) => this.#hear(method, params as never))
    await this.#ask('Page.enable')
    await this.#ask('Runtime.enable')
    await this.#ask('Fetch.enable', { patterns: [{ urlPattern: '*' }] })
    await this.#ask('Runtime.addBinding', { name: 'sendToMain', executionContextName: isolated })
    await this.#ask('Page.addScriptToEvaluateOnNewDocument', { source: `(${String(pageWorld)})()` })
    const preload = `function (require) {${this.#preload}\n}`
    const source = `(${String(isolatedWorld)})(${preload})`
    await this.#ask('Page.addScriptToEvaluateOnNewDocument', { worldName: isolated, source })
  }

  async #ask(method: string, params: Readonly<Record<string, unknown>> = {}) {
    const answer = await this.#devtools?.send(this.#session, method, params)
    return answer ?? {}
  }

  #hear(method: string, params: never): void {
    const heard: Readonly<Record<string, (facts: never) => void>> = {
      'Runtime.executionContextCreated': (facts) => this.#contextCreated(facts),
      'Runtime.executionContextsCleared': () => void this.emit('page-gone'),
      'Page.domContentEventFired': () => void this.emit('dom-ready'),
      'Page.loadEventFired': () => this.#loaded(),
      'Page.windowOpen': ({ url }: { url: string }) => void this.#open({ url: fromShown(url) }),
      'Fetch.requestPaused': (paused) => void this.#answer(paused).catch(() => undefined),
      'Runtime.bindingCalled': ({ payload }: { payload: string }) =>
        void this.#received(JSON.parse(payload) as Message),
    }
    heard[method]?.(params)
  }

  #contextCreated({ context }: { readonly context: { readonly id: number; readonly name: string } }): void {
    if (context.name === isolated) this.#context = context.id
  }

  #loaded(): void {
    if (this.getURL() === '') return
    this.emit('did-finish-load')
    this.window.emit('ready-to-show')
  }

  async #received(message: Message): Promise<void> {
    const event = { sender: this, senderFrame: this.mainFrame }
    if (message.kind === 'port') return fromPage(message.port, message.value)
    if (message.kind === 'send') return void ipcMain.emit(message.channel, event, ...message.args)
    const outcome = await handleInvoke(event, message.channel, message.args)
    await this.#tell({ kind: 'reply', id: message.id, ...outcome })
  }

  /** What is told to a page that has gone is lost, as with Electron. */
  async #tell(incoming: unknown): Promise<void> {
    await this.#opened
    const expression = `receiveFromMain(${JSON.stringify(incoming)})`
    await this.#ask('Runtime.evaluate', { expression, contextId: this.#context }).catch(() => undefined)
  }

  async #answer({ requestId, resourceType, request }: Paused): Promise<void> {
    const url = fromShown(request.url)
    if (resourceType === 'Document' && url !== this.getURL() && isPrevented(this, 'will-navigate', { url })) {
      await this.#ask('Fetch.failRequest', { requestId, errorReason: 'BlockedByClient' })
      return
    }
    const handler = this.session.handlers.get(new URL(url).protocol.slice(0, -1))
    if (handler === undefined) {
      await this.#ask('Fetch.continueRequest', { requestId })
      return
    }
    const response = await handler(new Request(url, { method: request.method, headers: request.headers }))
    const responseHeaders = [...response.headers].map(([name, value]) => ({ name, value }))
    const body = Buffer.from(await response.arrayBuffer()).toString('base64')
    await this.#ask('Fetch.fulfillRequest', { requestId, responseCode: response.status, responseHeaders, body })
  }
}

type WindowOptions = {
  readonly width?: number
  readonly height?: number
  readonly x?: number
  readonly y?: number
  readonly show?: boolean
  readonly webPreferences?: {
    readonly preload?: string
    readonly sandbox?: boolean
    readonly contextIsolation?: boolean
  }
}

const open = new Set<BrowserWindow>()

export class BrowserWindow extends EventEmitter {
  readonly webContents: WebContents
  #bounds: { x: number; y: number; width: number; height: number }
  #isShown: boolean
  #isMaximized = false

  constructor(options: WindowOptions) {
    super()
    const { preload, sandbox, contextIsolation } = options.webPreferences ?? {}
    if (sandbox !== true || contextIsolation !== true)
      throw new Error('Only isolated and sandboxed windows are shown here')
    this.#bounds = { x: options.x ?? 0, y: options.y ?? 0, width: options.width ?? 800, height: options.height ?? 600 }
    this.#isShown = options.show !== false
    this.webContents = new WebContents(this, preload, { width: this.#bounds.width, height: this.#bounds.height })
    open.add(this)
    app.emit('web-contents-created', {}, this.webContents)
  }

  static getAllWindows(): readonly BrowserWindow[] {
    return [...open]
  }
  static fromWebContents(contents: WebContents | undefined): BrowserWindow | undefined {
    return contents?.window
  }

  loadURL(url: string): Promise<void> {
    return this.webContents.loadURL(url)
  }
  show(): void {
    this.#isShown = true
    this.emit('show')
  }
  hide(): void {
    this.#isShown = false
    this.emit('hide')
  }
  focus(): void {
    this.emit('focus')
  }
  restore(): void {
    this.emit('restore')
  }
  maximize(): void {
    this.#isMaximized = true
    this.emit('maximize')
  }
  isMaximized(): boolean {
    return this.#isMaximized
  }
  isMinimized(): boolean {
    return false
  }
  isVisible(): boolean {
    return this.#isShown
  }
  isDestroyed(): boolean {
    return this.webContents.isGone
  }
  getNormalBounds(): { x: number; y: number; width: number; height: number } {
    return { ...this.#bounds }
  }
  getBounds(): { x: number; y: number; width: number; height: number } {
    return this.getNormalBounds()
  }
  setBounds(bounds: { x: number; y: number; width: number; height: number }): void {
    this.#bounds = { ...bounds }
    this.emit('resize')
  }
  close(): void {
    if (!isPrevented(this, 'close')) this.destroy()
  }
  destroy(): void {
    if (!open.delete(this)) return
    void this.webContents.closeTarget()
    this.emit('closed')
    if (open.size === 0 && !app.emit('window-all-closed')) app.quit()
  }
}

export const webContents = {
  getAllWebContents: () => [...open].map((window) => window.webContents),
  fromDevToolsTargetId: (targetId: string) =>
    [...open].map((window) => window.webContents).find((contents) => contents.targetId === targetId),
}
