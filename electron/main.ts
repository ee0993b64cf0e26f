import { app } from 'electron'
import { defaultHome } from './host/home.ts'
import { openDesktop } from './shell/desktop.ts'
import { registerPageScheme } from './shell/page-protocol.ts'
import { isWatchdog, watch } from './shell/watchdog.ts'
import { keepContentsOnPage } from './shell/window.ts'

/**
 * Electron's entry, always run from the bundle in `dist/`. One instance for each person: a second start shows the first
 * one's window. Started by its own engine with an argument of ours, it is the watchdog over a frozen guest instead: Electron
 * gets ready only after this module has ended, and then it never does.
 */
if (isWatchdog(process.argv)) await watch()
else if (app.requestSingleInstanceLock()) start()
else app.quit()

function start(): void {
  registerPageScheme()
  app.enableSandbox()
  if (process.platform === 'win32') app.setAppUserModelId('org.stillpoint.console')
  keepContentsOnPage()
  void app.whenReady().then(() => openDesktop(defaultHome()))
}
