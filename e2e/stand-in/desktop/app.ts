import { EventEmitter } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { isPrevented } from '../electron.ts'
import { type Chromium, startChromium } from './devtools.ts'

/** Electron's `app` over a Chromium of its own, which is started when the app's main has run and ends with it. */
class App extends EventEmitter {
  readonly isPackaged = false
  readonly name = 'Stillpoint'
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'stillpoint-stand-in-'))
  readonly #switches: string[] = []
  readonly #paths = new Map<string, string>()
  readonly #started = Promise.withResolvers<Chromium>()
  #child: Chromium['process'] | undefined
  #isReady = false
  readonly commandLine = {
    appendSwitch: (name: string, value = '') =>
      void this.#switches.push(value === '' ? `--${name}` : `--${name}=${value}`),
    hasSwitch: () => false,
  }

  get chromium(): Promise<Chromium> {
    return this.#started.promise
  }

  async launch(): Promise<void> {
    const chromium = await startChromium(path.join(this.#folder, 'chromium'), this.#switches)
    this.#child = chromium.process
    process.once('exit', () => this.#endChromium())
    this.#started.resolve(chromium)
    this.#isReady = true
    this.emit('ready', {})
    // Playwright waits for this line of Electron's.
    process.stderr.write(`DevTools listening on ${chromium.url}\n`)
  }

  async whenReady(): Promise<void> {
    await this.#started.promise
  }
  isReady(): boolean {
    return this.#isReady
  }
  requestSingleInstanceLock(): boolean {
    return true
  }
  enableSandbox(): void {
    this.#switches.push('--enable-sandbox')
  }
  setAppUserModelId(id: string): void {
    this.#switches.push(`--class=${id}`)
  }
  getVersion(): string {
    return '0.0.0'
  }
  getName(): string {
    return this.name
  }
  getLocale(): string {
    return 'en-GB'
  }
  getAppPath(): string {
    return path.resolve('.')
  }
  setPath(name: string, folder: string): void {
    this.#paths.set(name, folder)
  }
  disableHardwareAcceleration(): void {
    this.#switches.push('--disable-gpu-compositing')
  }
  getPath(name: string): string {
    const folder = this.#paths.get(name) ?? path.join(this.#folder, name)
    mkdirSync(folder, { recursive: true })
    return folder
  }

  /** Asks everybody; whoever prevents it has to ask again. */
  quit(): void {
    if (!isPrevented(this, 'before-quit') && !isPrevented(this, 'will-quit')) this.exit()
  }
  exit(code = 0): void {
    this.emit('quit', {}, code)
    process.exit(code)
  }

  #endChromium(): void {
    this.#child?.kill('SIGKILL')
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

export const app = new App()
