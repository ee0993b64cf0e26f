import { EventEmitter } from 'node:events'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { type Drag, desk } from './desk.ts'

/**
 * Stands where the `electron` module would be, as far as main and preload use it, in one process and without any browser:
 * enough to prove how they are wired, what they refuse and how they end. It proves nothing of Electron's own sandbox,
 * isolation, windows or permissions.
 */

export * from './desk.ts'

type Handler = (request: Request) => Response | Promise<Response>
type Privileges = { readonly scheme: string; readonly privileges: Readonly<Record<string, boolean>> }

/** What main did with Electron, for tests to look at. */
export const told = {
  schemes: [] as Privileges[],
  windows: [] as BrowserWindow[],
  exposed: new Map<string, unknown>(),
  isSandboxed: false,
  isAccelerated: true,
  modelId: '',
  paths: new Map<string, string>(),
  hasQuit: Promise.withResolvers<void>(),
}

class App extends EventEmitter {
  requestSingleInstanceLock(): boolean {
    return true
  }
  enableSandbox(): void {
    told.isSandboxed = true
  }
  setAppUserModelId(id: string): void {
    told.modelId = id
  }
  async whenReady(): Promise<void> {
    return undefined
  }
  getLocale(): string {
    return 'en-GB'
  }
  getPath(name: string): string {
    return path.join(tmpdir(), 'stillpoint-stand-in', name)
  }
  setPath(name: string, folder: string): void {
    told.paths.set(name, folder)
  }
  disableHardwareAcceleration(): void {
    told.isAccelerated = false
  }
  /** Asks everybody; whoever prevents it has to ask again. */
  quit(): void {
    if (isPrevented(this, 'before-quit')) return
    for (const end of openEnds.splice(0)) end.close()
    told.hasQuit.resolve()
  }
}
export const app = new App()

/** Emits an event as Electron does and answers whether a listener prevented what would follow. */
export function isPrevented(
  source: EventEmitter,
  name: string,
  facts: object = {},
  ...more: readonly unknown[]
): boolean {
  let prevented = false
  const preventDefault = (): void => {
    prevented = true
  }
  source.emit(name, { ...facts, preventDefault }, ...more)
  return prevented
}

export const protocol = {
  registerSchemesAsPrivileged: (schemes: readonly Privileges[]) => void told.schemes.push(...schemes),
}

type Check = (contents: unknown, permission: string) => boolean
type Ask = (contents: unknown, permission: string, answer: (granted: boolean) => void) => void

class Session extends EventEmitter {
  readonly handlers = new Map<string, Handler>()
  check: Check = () => true
  ask: Ask = (_contents, _permission, answer) => answer(true)
  checkDevice: () => boolean = () => true
  readonly protocol = {
    handle: (scheme: string, handler: Handler) => void this.handlers.set(scheme, handler),
  }
  setPermissionCheckHandler(check: Check): void {
    this.check = check
  }
  setPermissionRequestHandler(ask: Ask): void {
    this.ask = ask
  }
  setDevicePermissionHandler(check: () => boolean): void {
    this.checkDevice = check
  }
}
export const session = { defaultSession: new Session() }

class WebContents extends EventEmitter {
  readonly mainFrame = { url: '' }
  openHandler: (details: { readonly url: string }) => { readonly action: string } = () => ({ action: 'allow' })
  setWindowOpenHandler(handler: WebContents['openHandler']): void {
    this.openHandler = handler
  }
  startDrag(drag: Drag): void {
    desk.drags.push(drag)
  }
  postMessage(channel: string, _message: unknown, [port]: readonly PagePort[]): void {
    ipcRenderer.emit(channel, { ports: [port?.inner] })
  }
}

type WindowOptions = Readonly<Partial<Record<'x' | 'y' | 'width' | 'height', number>>> & {
  readonly webPreferences: Readonly<Record<string, unknown>>
}

export class BrowserWindow extends EventEmitter {
  readonly webContents = new WebContents()
  readonly options: WindowOptions
  bounds: Readonly<Record<'x' | 'y' | 'width' | 'height', number>>
  isShown = false
  isMax = false
  isGone = false
  focused = 0
  loads = 0

  constructor(options: WindowOptions) {
    super()
    this.options = options
    this.bounds = {
      x: options.x ?? 100,
      y: options.y ?? 100,
      width: options.width ?? 800,
      height: options.height ?? 600,
    }
    told.windows.push(this)
    app.emit('web-contents-created', {}, this.webContents)
  }
  static fromWebContents(contents: WebContents): BrowserWindow | null {
    return told.windows.find((each) => each.webContents === contents) ?? null
  }
  get url(): string {
    return this.webContents.mainFrame.url
  }
  async loadURL(url: string): Promise<void> {
    this.loads++
    this.webContents.mainFrame.url = url
  }
  show(): void {
    this.isShown = true
  }
  hide(): void {
    this.isShown = false
  }
  focus(): void {
    this.focused++
  }
  maximize(): void {
    this.isMax = true
  }
  isMaximized(): boolean {
    return this.isMax
  }
  isMinimized(): boolean {
    return false
  }
  isDestroyed(): boolean {
    return this.isGone
  }
  getNormalBounds(): BrowserWindow['bounds'] {
    return this.bounds
  }
  /** As a person closes it. */
  close(): void {
    if (isPrevented(this, 'close')) return
    this.isGone = true
    this.emit('closed')
    if (told.windows.every((each) => each.isGone)) app.emit('window-all-closed')
  }
}

/** The pages' ends of their ports; they go with the application. */
const openEnds: MessagePort[] = []

class PagePort extends EventEmitter {
  readonly inner: MessagePort
  constructor(inner: MessagePort) {
    super()
    this.inner = inner
    inner.on('message', (data: unknown) => this.emit('message', { data }))
    inner.on('close', () => this.emit('close'))
  }
  postMessage(message: unknown): void {
    this.inner.postMessage(message)
  }
  start(): void {
    this.inner.start()
  }
}

export class MessageChannelMain {
  readonly port1: PagePort
  readonly port2: { readonly inner: MessagePort }
  constructor() {
    const { port1, port2 } = new MessageChannel()
    this.port1 = new PagePort(port1)
    this.port2 = { inner: port2 }
    openEnds.push(port2)
  }
}

type Invoked = { readonly sender: WebContents; readonly senderFrame: { readonly url: string } | null }
type InvokeHandler = (event: Invoked, ...args: readonly unknown[]) => unknown

class IpcMain extends EventEmitter {
  readonly handlers = new Map<string, InvokeHandler>()
  handle(channel: string, handler: InvokeHandler): void {
    this.handlers.set(channel, handler)
  }
}
export const ipcMain = new IpcMain()

class IpcRenderer extends EventEmitter {
  /** As the page of the first window asks. */
  async invoke(channel: string, ...args: readonly unknown[]): Promise<unknown> {
    const sender = told.windows[0]?.webContents
    if (sender === undefined) throw new Error('There is no page')
    return ipcMain.handlers.get(channel)?.({ sender, senderFrame: sender.mainFrame }, ...args)
  }
}
export const ipcRenderer = new IpcRenderer()

export const contextBridge = {
  exposeInMainWorld: (name: string, value: unknown) => void told.exposed.set(name, value),
}
