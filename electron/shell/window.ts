import { fileURLToPath } from 'node:url'
import { app, BrowserWindow, type Session, screen, type WebContents } from 'electron'
import { mayGoTo, mayKeep, pageUrl } from './page-protocol.ts'
import type { StateFile } from './state-file.ts'
import { openingOf, type Place, smallest } from './window-place.ts'

/** The console's window: isolated, sandboxed, without Node, where it stood before. `kept` remembers its place. */
export async function openWindow(kept: StateFile): Promise<BrowserWindow> {
  const { isMaximized, ...bounds } = openingOf(
    await kept.read(),
    screen.getAllDisplays().map(({ workArea }) => workArea),
  )
  const window = new BrowserWindow({
    ...bounds,
    minWidth: smallest.width,
    minHeight: smallest.height,
    title: 'Stillpoint',
    show: false,
    autoHideMenuBar: true,
    webPreferences: {
      preload: fileURLToPath(new URL('./preload.cjs', import.meta.url)),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  })
  if (isMaximized) window.maximize()
  keepPlace(window, kept)
  keepAlive(window)
  window.once('ready-to-show', () => window.show())
  void window.loadURL(pageUrl)
  return window
}

const againMs = 1000

/** A page whose process dies is loaded again; what it showed lives in the engine. */
function keepAlive(window: BrowserWindow): void {
  window.webContents.on('render-process-gone', () => {
    setTimeout(() => {
      if (!window.isDestroyed()) void window.loadURL(pageUrl)
    }, againMs)
  })
}

const restMs = 500

/** Written when the window has come to rest, or closes before that: an application that ends waits for no file. */
function keepPlace(window: BrowserWindow, kept: StateFile): void {
  let resting: NodeJS.Timeout | undefined
  const write = (): void => {
    clearTimeout(resting)
    resting = undefined
    const place: Place = { bounds: window.getNormalBounds(), isMaximized: window.isMaximized() }
    void kept.write(place).catch(() => undefined)
  }
  const moved = (): void => {
    clearTimeout(resting)
    resting = setTimeout(write, restMs)
  }
  window.on('resize', moved)
  window.on('move', moved)
  window.on('close', () => {
    if (resting !== undefined) write()
  })
}

/** Whatever contents there will ever be: no other page, no other window, no web view. */
export function keepContentsOnPage(): void {
  app.on('web-contents-created', (_event, contents) => keepOnItsPage(contents))
}

function keepOnItsPage(contents: WebContents): void {
  const refuseOthers = (event: { readonly url: string; preventDefault(): void }): void => {
    if (!mayGoTo(event.url)) event.preventDefault()
  }
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  contents.on('will-navigate', refuseOthers)
  contents.on('will-frame-navigate', refuseOthers)
  contents.on('will-redirect', refuseOthers)
  contents.on('will-attach-webview', (event) => event.preventDefault())
}

/** Without a path the system's own dialog asks where to; whoever wants anything else on the disk gets nothing. */
export function refuseOtherDownloads(session: Session): void {
  session.on('will-download', (event, item) => {
    if (!mayKeep(item.getURL())) event.preventDefault()
  })
}

/** The console needs no camera, no place, no devices, no notifications by the page: only copying to the clipboard. */
export function refusePermissions(session: Session): void {
  const allowed = 'clipboard-sanitized-write'
  session.setPermissionRequestHandler((_contents, permission, answer) => answer(permission === allowed))
  session.setPermissionCheckHandler((_contents, permission) => permission === allowed)
  session.setDevicePermissionHandler(() => false)
}
