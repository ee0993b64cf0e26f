import path from 'node:path'
import { app } from 'electron'
import { watchdogArgument } from '../../shared/watchdog.ts'
import { outsideArchive } from '../host/place.ts'

/** Was this process started to watch over a frozen guest? */
export function isWatchdog(words: readonly string[]): boolean {
  return words.some((word) => word.startsWith(watchdogArgument))
}

/**
 * Runs the engine's watchdog in this process instead of the console: no window, no lock, and browser state of its own, so
 * that it gets in nobody's way. It ends by itself; asked to end before, it goes on, because a guest may be waiting for it.
 */
export async function watch(): Promise<void> {
  app.setPath('sessionData', path.join(app.getPath('userData'), 'watchdog'))
  app.disableHardwareAcceleration()
  app.dock?.hide()
  app.on('before-quit', (event) => event.preventDefault())
  await import(outsideArchive(new URL('./freeze-watchdog.js', import.meta.url)).href)
}
