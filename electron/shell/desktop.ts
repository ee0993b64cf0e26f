import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { app, type BrowserWindow, Menu, powerMonitor, safeStorage, session } from 'electron'
import type { Settings } from '../../shared/settings.ts'
import { type Connection, connect } from '../../shared/wire.ts'
import { EngineThread } from '../host/engine-thread.ts'
import { loadPageFiles } from '../host/page-files.ts'
import type { Sealer } from '../host/sealer.ts'
import { answerFolderQuestions, askKeyPlace, askToQuit } from './dialogs.ts'
import { answerDrags } from './drag-out.ts'
import { handPorts } from './hand-ports.ts'
import { chooseSealer } from './key-sealer.ts'
import { appMenu } from './menu.ts'
import { Notices } from './notices.ts'
import { Notifier } from './notifier.ts'
import type { Overview } from './overview.ts'
import { servePage } from './page-protocol.ts'
import { Quitting } from './quitting.ts'
import { type StateFile, stateFile } from './state-file.ts'
import { type Language, languageOf, type Texts, texts } from './text.ts'
import { StatusTray } from './tray.ts'
import { untilIdle } from './until-idle.ts'
import { Watching } from './watching.ts'
import { openWindow, refuseOtherDownloads, refusePermissions } from './window.ts'

/** Opens the desktop console over the state in `home`; called once, when Electron is ready. */
export async function openDesktop(home: string): Promise<void> {
  const words = texts[languageOf(undefined, app.getLocale())]
  const sealer = await chooseSealer({
    storage: safeStorage,
    platform: process.platform,
    kept: stateFile(path.join(home, 'keys.json')),
    ask: () => askKeyPlace(words),
  })
  const keptNotices = stateFile(path.join(home, 'notices.json'))
  const notifier = new Notifier(new Notices(await keptNotices.read()), keptNotices)
  await new Desktop(home, sealer, notifier).show()
}

/** The console on a desktop: engine, window, menu, tray and notifications, from the first window to the end. */
class Desktop {
  readonly #engine: EngineThread
  readonly #connection: Connection<AbortSignal>
  readonly #watching: Watching
  readonly #tray: StatusTray
  readonly #notifier: Notifier
  readonly #keptPlace: StateFile
  readonly #quitting = new Quitting({
    underWay: () => this.#watching.underWay,
    ask: (runs) => askToQuit(runs, this.#words),
    close: () => this.#close(),
    quit: () => app.quit(),
  })
  #language: Language = languageOf(undefined, app.getLocale())
  #window: BrowserWindow | undefined
  #opening: Promise<BrowserWindow> | undefined

  constructor(home: string, sealer: Sealer | undefined, notifier: Notifier) {
    this.#engine = new EngineThread({
      home,
      carrier: 'electron',
      ...(sealer === undefined ? {} : { sealer }),
      onLife: (down) => this.#watching.life(down),
    })
    this.#connection = connect(this.#engine.attach())
    this.#notifier = notifier
    this.#keptPlace = stateFile(path.join(home, 'window.json'))
    const files = loadPageFiles(fileURLToPath(new URL('./renderer/', import.meta.url)))
    servePage(session.defaultSession, files, this.#engine.download)
    refusePermissions(session.defaultSession)
    refuseOtherDownloads(session.defaultSession)
    answerFolderQuestions(() => this.#words)
    answerDrags(path.join(home, 'shelf'))
    this.#watching = new Watching({
      engine: this.#connection,
      now: Date.now,
      onLook: (overview, settings) => this.#look(overview, settings),
    })
    const show = (): void => void this.show()
    this.#tray = new StatusTray(this.#watching.overview, this.#words, show, () => app.quit())
    Menu.setApplicationMenu(Menu.buildFromTemplate(appMenu(this.#words, process.platform)))
    this.#hearApp(show)
  }

  /** Brings the window to the front, a new one where it was closed. */
  async show(): Promise<void> {
    if (this.#quitting.hasBegun) return
    if (this.#window === undefined) {
      this.#opening ??= this.#open()
      await this.#opening
      return
    }
    if (this.#window.isMinimized()) this.#window.restore()
    this.#window.show()
    this.#window.focus()
  }

  get #words(): Texts {
    return texts[this.#language]
  }

  async #open(): Promise<BrowserWindow> {
    const window = await openWindow(this.#keptPlace)
    this.#window = window
    handPorts(this.#engine, window.webContents)
    window.once('closed', () => {
      this.#window = undefined
      this.#opening = undefined
    })
    return window
  }

  #look(overview: Overview, settings: Settings): void {
    const language = languageOf(settings.language, app.getLocale())
    if (language !== this.#language) {
      this.#language = language
      Menu.setApplicationMenu(Menu.buildFromTemplate(appMenu(this.#words, process.platform)))
    }
    this.#tray.show(overview, this.#words)
    this.#notifier.look(overview, settings, this.#words, () => void this.show())
  }

  #hearApp(show: () => void): void {
    app.on('second-instance', show)
    app.on('activate', show)
    app.on('window-all-closed', () => void this.#windowsClosed())
    app.on('before-quit', (event) => {
      if (!this.#quitting.mayEnd()) event.preventDefault()
    })
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void this.#quitting.close())
    // Typed without its event, which Electron's documentation promises.
    powerMonitor.on('shutdown', ((event: { preventDefault(): void }) => {
      event.preventDefault()
      void this.#quitting.close()
    }) as () => void)
  }

  /** In the tray the console goes on; else for as long as a run is under way. */
  async #windowsClosed(): Promise<void> {
    if (this.#watching.settings.keepInTray) return
    await untilIdle(this.#connection).catch(() => undefined)
    if (this.#window === undefined) app.quit()
  }

  /** The engine cancels its runs and cleans up. */
  async #close(): Promise<void> {
    this.#window?.hide()
    this.#watching[Symbol.dispose]()
    this.#tray[Symbol.dispose]()
    await this.#engine[Symbol.asyncDispose]()
  }
}
