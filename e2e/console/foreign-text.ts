import type { Page } from '@playwright/test'

/** What a page is made of, and whether it shows text that deceives the eye. */
export type Makeup = {
  /** `tag` and `tag[attribute]` of everything in the document, links with their scheme, each once. */
  readonly parts: ReadonlySet<string>
  /** Texts with a character that changes how they look without being seen, with where they stand. */
  readonly deceptive: readonly string[]
  /** All text, and what labels and titles say. */
  readonly told: string
}

type Element = {
  readonly tag: string
  readonly attributes: readonly (readonly [name: string, value: string])[]
  readonly texts: readonly string[]
  /** Line breaks in its text are seen as such. */
  readonly keepsLines: boolean
  readonly inDialog: boolean
  /** Where a script or a style comes from. */
  readonly origin: string | undefined
}

/**
 * Looks at the whole document as it is now; `told` can be that of the topmost dialog alone. Titles of several lines are ours,
 * unless the line break comes with one of `names`.
 */
export async function makeupOf(
  page: Page,
  names: readonly string[],
  within: 'page' | 'dialog' = 'page',
): Promise<Makeup> {
  // As JSON, because halves of surrogate pairs would not survive the way otherwise.
  const elements = JSON.parse(await page.evaluate(describe)) as readonly Element[]
  const broken = names.filter((name) => name.includes('\n'))
  const texts = elements.flatMap((element) => textsOf(element, broken))
  return {
    parts: new Set(elements.flatMap(partsOf)),
    deceptive: texts.filter(({ text }) => hides(text)).map(({ text, where }) => `${where}: ${JSON.stringify(text)}`),
    told: texts
      .filter(({ inDialog }) => within === 'page' || inDialog)
      .map(({ text }) => text)
      .join(' '),
  }
}

/** Runs in the page, and so stands alone. */
function describe(): string {
  const dialog = [...document.querySelectorAll('[role="dialog"]')].at(-1)
  const told = /^(title|alt|placeholder|value|href|aria-.*)$/
  const elements = [...document.querySelectorAll('*')].map((element): Element => {
    const isCode = element instanceof HTMLStyleElement || element instanceof HTMLScriptElement
    const texts = [...element.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE)
    return {
      tag: element.localName,
      attributes: [...element.attributes].map(({ name, value }) => [name, told.test(name) ? value : '']),
      texts: isCode ? [] : texts.map(({ nodeValue }) => nodeValue ?? ''),
      keepsLines: getComputedStyle(element).whiteSpace.startsWith('pre'),
      inDialog: dialog?.contains(element) ?? false,
      origin: isCode ? (element.nonce === '' ? `${element.getAttribute('src')}` : 'the nonce of the page') : undefined,
    }
  })
  return JSON.stringify(elements)
}

function partsOf({ tag, attributes, origin }: Element): readonly string[] {
  if (origin !== undefined) return [`${tag} by ${origin}`]
  return [tag, ...attributes.map(([name, value]) => `${tag}[${name}${name === 'href' ? schemeOf(value) : ''}]`)]
}

function schemeOf(href: string): string {
  return /^\s*([a-z]+:)/i.exec(href)?.[1] ?? ''
}

type Text = { readonly text: string; readonly where: string; readonly inDialog: boolean }

function textsOf(
  { tag, attributes, texts, keepsLines, inDialog }: Element,
  broken: readonly string[],
): readonly Text[] {
  const flat = (text: string): string => text.replaceAll('\n', ' ')
  const titled = (text: string): string => (broken.some((name) => text.includes(name)) ? text : flat(text))
  const spoken = attributes
    .filter(([name]) => name !== 'href')
    .map(([name, value]) => ({ text: name === 'title' ? titled(value) : value, where: `${tag}[${name}]`, inDialog }))
  const layout = /^[ \n]*$/
  const shown = texts
    .filter((text) => !layout.test(text))
    .map((text) => ({ text: keepsLines ? flat(text) : text, where: tag, inDialog }))
  return [...spoken, ...shown]
}

/** Listed here again, by code points: a fault in the window's own list must not hide itself. */
const hidden: readonly (readonly [first: number, last: number])[] = [
  [0x0000, 0x001f],
  [0x007f, 0x009f],
  [0x00ad, 0x00ad],
  [0x061c, 0x061c],
  [0x115f, 0x1160],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xd800, 0xdfff],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff9, 0xfffb],
  [0xe0000, 0xe0fff],
]

function hides(text: string): boolean {
  return [...text].some((character) => {
    const point = character.codePointAt(0) ?? 0
    return hidden.some(([first, last]) => point >= first && point <= last)
  })
}
