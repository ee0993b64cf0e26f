import { fileURLToPath } from 'node:url'
import { app, type BrowserWindow, MessageChannelMain, session, type WebContents } from 'electron'
import { connect, type Message } from '../shared/wire.ts'
import { EngineThread } from './host/engine-thread.ts'
import { defaultHome } from './host/home.ts'
import { loadPageFiles } from './host/page-files.ts'
import { registerPageScheme, servePage } from './shell/page-protocol.ts'
import { untilIdle } from './shell/until-idle.ts'
import { openWindow, refusePermissions } from './shell/window.ts'

/**
 * Electron's entry, always run from the bundle in `dist/`. One instance for each person: a second start shows the first
 * one's window. The engine outlives the window for as long as a run is under way.
 */
function start(): void {
  registerPageScheme()
  app.enableSandbox()
  void app.whenReady().then(open)
}

function open(): void {
  const engine = new EngineThread({ home: defaultHome() })
  const watching = connect<AbortSignal>(engine.attach())
  servePage(session.defaultSession, loadPageFiles(fileURLToPath(new URL('./renderer/', import.meta.url))))
  refusePermissions(session.defaultSession)
  let window: BrowserWindow | undefined

  const show = (): void => {
    if (window === undefined) {
      window = openWindow()
      handPorts(engine, window.webContents)
      window.once('closed', () => {
        window = undefined
      })
      return
    }
    if (window.isMinimized()) window.restore()
    window.focus()
  }
  const quitWhenIdle = async (): Promise<void> => {
    await untilIdle(watching).catch(() => undefined)
    if (window === undefined) app.quit()
  }

  app.on('second-instance', show)
  app.on('activate', show)
  app.on('window-all-closed', () => void quitWhenIdle())
  app.once('before-quit', (event) => {
    event.preventDefault()
    void engine[Symbol.asyncDispose]().then(() => app.quit())
  })
  show()
}

/** Every load of the page gets a port of its own; the one before it closes with the page it belonged to. */
function handPorts(engine: EngineThread, contents: WebContents): void {
  contents.on('did-finish-load', () => {
    const { port1, port2 } = new MessageChannelMain()
    const port = engine.attach()
    port.onMessage((message) => port1.postMessage(message))
    port1.on('message', ({ data }) => port.post(data as Message))
    port1.once('close', () => port[Symbol.dispose]())
    port1.start()
    contents.postMessage('engine-port', null, [port2])
  })
}

if (app.requestSingleInstanceLock()) start()
else app.quit()
