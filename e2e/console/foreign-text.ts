import type { Page } from '@playwright/test'

/** What a page is made of, and whether it shows text that deceives the eye. */
export type Makeup = {
  /** `tag` and `tag[attribute]` of everything in the document, each once, sorted. */
  readonly parts: readonly string[]
  /** Texts with a character that changes how they look without being seen, with where they stand. */
  readonly deceptive: readonly string[]
  /** All text, and what labels and titles say. */
  readonly told: string
}

/**
 * Looks at the whole document as it is now; `told` can be that of the topmost dialog alone. Titles of several lines are ours,
 * unless the line break comes with one of `names`.
 */
export function makeupOf(page: Page, names: readonly string[], within: 'page' | 'dialog' = 'page'): Promise<Makeup> {
  const argument = { part: within, broken: names.filter((name) => name.includes('\n')) }
  return page.evaluate(({ part, broken }) => {
    // The characters are listed here again: a fault in the window's own list must not hide itself.
    const hidden =
      /[\u0000-\u001F\u007F-\u009F\u00AD\u061C\u115F\u1160\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF9-\uFFFB\u{E0000}-\u{E0FFF}]|\p{Surrogate}/u
    const parts = new Set<string>()
    const deceptive: string[] = []
    const told: string[] = []
    const dialog = [...document.querySelectorAll('[role="dialog"]')].at(-1)
    const judge = (text: string, where: string, element?: Element): void => {
      if (part === 'page' || (element !== undefined && dialog?.contains(element))) told.push(text)
      if (hidden.test(text)) deceptive.push(`${where}: ${JSON.stringify(text)}`)
    }
    const lines = (text: string): string =>
      broken.some((name) => text.includes(name)) ? text : text.replaceAll('\n', ' ')
    judge(document.title, 'title')
    for (const element of document.querySelectorAll('*')) {
      const tag = element.localName
      if (element instanceof HTMLStyleElement || element instanceof HTMLScriptElement) {
        parts.add(`${tag} ${element.nonce === '' ? element.getAttribute('src') : 'with the nonce of the page'}`)
        continue
      }
      parts.add(tag)
      for (const { name, value } of element.attributes) {
        parts.add(`${tag}[${name}]`)
        if (/^(title|alt|placeholder|value|aria-.*)$/.test(name)) {
          judge(name === 'title' ? lines(value) : value, `${tag}[${name}]`, element)
        }
      }
      // Where line breaks are kept they are seen.
      const keepsLines = getComputedStyle(element).whiteSpace.startsWith('pre')
      for (const node of element.childNodes) {
        if (node.nodeType !== Node.TEXT_NODE) continue
        const text = node.nodeValue ?? ''
        const isLayout = /^[ \n]*$/.test(text)
        if (!isLayout) judge(keepsLines ? text.replaceAll('\n', ' ') : text, tag, element)
      }
    }
    return { parts: [...parts].sort(), deceptive, told: told.join(' ') }
  }, argument)
}
