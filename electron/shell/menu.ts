import type { MenuItemConstructorOptions } from 'electron'
import type { Texts } from './text.ts'

type Item = MenuItemConstructorOptions

const line: Item = { type: 'separator' }

/** The application's menu. Every entry is one of the system's own roles, with our words in the person's language. */
export function appMenu(words: Texts, platform: NodeJS.Platform): Item[] {
  const isMac = platform === 'darwin'
  const about: Item = { role: 'about', label: words.about }
  const quit: Item = { role: 'quit', label: words.quit, accelerator: 'CommandOrControl+Q' }
  const close: Item = { role: 'close', label: words.close }
  const menus: Item[] = [
    { label: words.file, submenu: isMac ? [close] : [close, line, quit] },
    { label: words.edit, role: 'editMenu', submenu: editing(words) },
    { label: words.view, submenu: viewing(words) },
    { label: words.window, role: 'windowMenu', submenu: windows(words, isMac) },
  ]
  if (isMac) return [{ label: 'Stillpoint', role: 'appMenu', submenu: application(words, about, quit) }, ...menus]
  return [...menus, { label: words.help, role: 'help', submenu: [about] }]
}

function application(words: Texts, about: Item, quit: Item): Item[] {
  return [
    about,
    line,
    { role: 'services', label: words.services },
    line,
    { role: 'hide', label: words.hide },
    { role: 'hideOthers', label: words.hideOthers },
    { role: 'unhide', label: words.showAll },
    line,
    quit,
  ]
}

function editing(words: Texts): Item[] {
  return [
    { role: 'undo', label: words.undo },
    { role: 'redo', label: words.redo },
    line,
    { role: 'cut', label: words.cut },
    { role: 'copy', label: words.copy },
    { role: 'paste', label: words.paste },
    { role: 'selectAll', label: words.selectAll },
  ]
}

function viewing(words: Texts): Item[] {
  return [
    { role: 'reload', label: words.reload },
    line,
    { role: 'resetZoom', label: words.actualSize },
    { role: 'zoomIn', label: words.zoomIn },
    { role: 'zoomOut', label: words.zoomOut },
    line,
    { role: 'togglefullscreen', label: words.fullScreen },
  ]
}

function windows(words: Texts, isMac: boolean): Item[] {
  const minimize: Item = { role: 'minimize', label: words.minimize }
  if (!isMac) return [minimize]
  return [minimize, { role: 'zoom', label: words.zoom }, line, { role: 'front', label: words.toFront }]
}
