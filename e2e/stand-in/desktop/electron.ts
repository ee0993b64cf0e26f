/**
 * Stands where the `electron` module would be, with windows that Debian's Chromium shows, so that Playwright's own
 * `_electron.launch()` can drive the real main, preload, engine and page. What needs no window is `../electron.ts`. It proves
 * the contract, the isolated preload, the handler of the page's scheme, the policy and the ports; nothing of Electron's own
 * sandbox, fuses, native dialogs or drag.
 */
export * from '../electron.ts'
export { app } from './app.ts'
export { ipcMain } from './ipc.ts'
export { MessageChannelMain } from './ports.ts'
export { BrowserWindow, webContents } from './window.ts'
