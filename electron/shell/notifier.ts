import { Notification } from 'electron'
import type { Settings } from '../../shared/settings.ts'
import { noticeWords } from './notice-words.ts'
import type { Notices } from './notices.ts'
import type { Overview } from './overview.ts'
import type { StateFile } from './state-file.ts'
import type { Texts } from './text.ts'

/** Tells news on the desktop, when that is wanted, and remembers what was told. */
export class Notifier {
  readonly #notices: Notices
  readonly #kept: StateFile
  /** Without a hold on them, clicks on notifications are lost with the collected objects. */
  readonly #shown = new Set<Notification>()

  constructor(notices: Notices, kept: StateFile) {
    this.#notices = notices
    this.#kept = kept
  }

  look(overview: Overview, settings: Settings, words: Texts, onClick: () => void): void {
    const before = this.#notices.told
    const notices = this.#notices.consider(overview, Date.now())
    if (this.#notices.told !== before) void this.#kept.write(this.#notices.told).catch(() => undefined)
    if (!settings.notify || !Notification.isSupported()) return
    for (const notice of notices) this.#show(noticeWords(notice, overview, settings.quietDays, words), onClick)
  }

  #show(words: { readonly title: string; readonly body: string }, onClick: () => void): void {
    const notification = new Notification(words)
    this.#shown.add(notification)
    notification.on('click', () => {
      this.#shown.delete(notification)
      onClick()
    })
    notification.on('close', () => this.#shown.delete(notification))
    notification.show()
  }
}
