import { Menu, type NativeImage, nativeImage, Tray } from 'electron'
import type { Light, Overview } from './overview.ts'
import { signOf } from './picture.ts'
import type { Texts } from './text.ts'
import { runLines, tooltipOf } from './tray-words.ts'

/** The icon among the system's own: the worst state, what runs, and the ways in and out. */
export class StatusTray implements Disposable {
  readonly #tray: Tray
  readonly #open: () => void
  readonly #quit: () => void
  readonly #signs = new Map<Light, NativeImage>()
  #shown = ''

  constructor(overview: Overview, words: Texts, open: () => void, quit: () => void) {
    this.#tray = new Tray(this.#sign(overview.light))
    this.#open = open
    this.#quit = quit
    this.#tray.on('click', open)
    this.show(overview, words)
  }

  /** Cheap when nothing that shows has changed: menus that are replaced while they are open close on some systems. */
  show(overview: Overview, words: Texts): void {
    const tooltip = tooltipOf(overview, words)
    const runs = runLines(overview.underWay, words)
    const wanted = JSON.stringify([overview.light, tooltip, runs, words.quit])
    if (wanted === this.#shown) return
    this.#shown = wanted
    this.#tray.setImage(this.#sign(overview.light))
    this.#tray.setToolTip(tooltip)
    this.#tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: words.lights[overview.light], enabled: false },
        { type: 'separator' },
        ...runs.map((label) => ({ label: plain(label), enabled: false })),
        { type: 'separator' },
        { label: words.open, click: this.#open },
        { label: words.quit, click: this.#quit },
      ]),
    )
  }

  [Symbol.dispose](): void {
    this.#tray.destroy()
  }

  #sign(light: Light): NativeImage {
    const known = this.#signs.get(light)
    if (known !== undefined) return known
    const image = nativeImage.createFromBuffer(signOf(light, 16))
    image.addRepresentation({ scaleFactor: 2, buffer: signOf(light, 32) })
    this.#signs.set(light, image)
    return image
  }
}

/** A single ampersand would mark a letter of a machine's name as its key. */
function plain(label: string): string {
  return label.replaceAll('&', '&&')
}
