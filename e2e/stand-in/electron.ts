import { EventEmitter } from 'node:events'
import { MessageChannel, type MessagePort } from 'node:worker_threads'

/**
 * Stands where the `electron` module would be, as far as main and preload use it, in one process and without any browser:
 * enough to prove how they are wired, what they refuse and how they end. It proves nothing of Electron's own sandbox,
 * isolation, windows or permissions.
 */

type Handler = (request: Request) => Response | Promise<Response>
type Privileges = { readonly scheme: string; readonly privileges: Readonly<Record<string, boolean>> }

/** What main did with Electron, for tests to look at. */
export const told = {
  schemes: [] as Privileges[],
  windows: [] as BrowserWindow[],
  exposed: new Map<string, unknown>(),
  isSandboxed: false,
  hasQuit: Promise.withResolvers<void>(),
}

class App extends EventEmitter {
  requestSingleInstanceLock(): boolean {
    return true
  }
  enableSandbox(): void {
    told.isSandboxed = true
  }
  async whenReady(): Promise<void> {
    return undefined
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
export function isPrevented(source: EventEmitter, name: string, facts: object = {}): boolean {
  let prevented = false
  const preventDefault = (): void => {
    prevented = true
  }
  source.emit(name, { ...facts, preventDefault })
  return prevented
}

export const protocol = {
  registerSchemesAsPrivileged: (schemes: readonly Privileges[]) => void told.schemes.push(...schemes),
}

type Check = (contents: unknown, permission: string) => boolean
type Ask = (contents: unknown, permission: string, answer: (granted: boolean) => void) => void

class Session {
  readonly handlers = new Map<string, Handler>()
  check: Check = () => true
  ask: Ask = (_contents, _permission, answer) => answer(true)
  readonly protocol = {
    handle: (scheme: string, handler: Handler) => void this.handlers.set(scheme, handler),
  }
  setPermissionCheckHandler(check: Check): void {
    this.check = check
  }
  setPermissionRequestHandler(ask: Ask): void {
    this.ask = ask
  }
}
export const session = { defaultSession: new Session() }

class WebContents extends EventEmitter {
  openHandler: (details: { readonly url: string }) => { readonly action: string } = () => ({ action: 'allow' })
  setWindowOpenHandler(handler: WebContents['openHandler']): void {
    this.openHandler = handler
  }
  postMessage(channel: string, _message: unknown, [port]: readonly PagePort[]): void {
    ipcRenderer.emit(channel, { ports: [port?.inner] })
  }
}

export class BrowserWindow extends EventEmitter {
  readonly webContents = new WebContents()
  readonly options: { readonly webPreferences: Readonly<Record<string, unknown>> }
  url = ''
  focused = 0
  constructor(options: BrowserWindow['options']) {
    super()
    this.options = options
    told.windows.push(this)
  }
  async loadURL(url: string): Promise<void> {
    this.url = url
  }
  show(): void {
    this.emit('show')
  }
  focus(): void {
    this.focused++
  }
  isMinimized(): boolean {
    return false
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

export const ipcRenderer = new EventEmitter()
export const contextBridge = {
  exposeInMainWorld: (name: string, value: unknown) => void told.exposed.set(name, value),
}
