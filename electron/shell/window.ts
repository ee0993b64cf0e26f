import { fileURLToPath } from 'node:url'
import { BrowserWindow, type Session, type WebContents } from 'electron'
import { isPage, pageUrl } from './page-protocol.ts'

/** The console's window: isolated, sandboxed, without Node, kept on its own page. */
export function openWindow(): BrowserWindow {
  const window = new BrowserWindow({
    width: 1280,
    height: 820,
    minWidth: 900,
    minHeight: 560,
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
  keepOnItsPage(window.webContents)
  window.once('ready-to-show', () => window.show())
  void window.loadURL(pageUrl)
  return window
}

/** No other page, no other window, no web view. */
function keepOnItsPage(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  contents.on('will-navigate', (event) => {
    if (!isPage(event.url)) event.preventDefault()
  })
  contents.on('will-attach-webview', (event) => event.preventDefault())
}

/** The console needs no camera, no place, no notifications by the page: everything is refused but copying to the clipboard. */
export function refusePermissions(session: Session): void {
  const allowed = 'clipboard-sanitized-write'
  session.setPermissionRequestHandler((_contents, permission, answer) => answer(permission === allowed))
  session.setPermissionCheckHandler((_contents, permission) => permission === allowed)
}
