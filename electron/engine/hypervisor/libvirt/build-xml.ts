import { Failure } from '../../../../shared/failure.ts'
import type { XmlElement, XmlNode } from './xml.ts'

/** One element of a document that is made here. Attributes and children that are undefined are left out. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  ...children: readonly (XmlNode | undefined)[]
): XmlElement {
  const present = Object.entries(attributes).filter(
    (entry): entry is [string, string | number] => entry[1] !== undefined,
  )
  return {
    name,
    attributes: new Map(present.map(([key, value]) => [key, String(value)])),
    children: children.filter((child) => child !== undefined),
  }
}

/**
 * The document as text. Whatever names hold, they stay text: everything is escaped. Fails with
 * `invalid-argument` for characters that XML 1.0 cannot carry and for names that are not names.
 */
export function serializeXml(root: XmlElement): string {
  const parts: string[] = []
  writeElement(root, parts)
  return parts.join('')
}

function writeElement({ name, attributes, children }: XmlElement, parts: string[]): void {
  parts.push('<', checkedName(name))
  for (const [key, value] of attributes) parts.push(' ', checkedName(key), '="', escapeAttribute(value), '"')
  if (children.length === 0) {
    parts.push('/>')
    return
  }
  parts.push('>')
  for (const child of children) {
    if (typeof child === 'string') parts.push(escapeText(child))
    else writeElement(child, parts)
  }
  parts.push('</', name, '>')
}

/** Production `Name` of XML 1.0 with colons, in the range that libvirt and QEMU use. */
function checkedName(name: string): string {
  if (!/^[A-Za-z_][\w.:-]*$/.test(name))
    throw new Failure('invalid-argument', `${JSON.stringify(name)} is no name in XML`)
  return name
}

const references: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** As a reference a carriage return is not taken for a line end (XML 1.0 §2.11). */
function escapeText(text: string): string {
  return refer(text, /[&<>\r]/g)
}

/** Line ends and tabs must not become spaces either (XML 1.0 §3.3.3). */
function escapeAttribute(text: string): string {
  return refer(text, /[&<>"\r\n\t]/g)
}

function refer(text: string, characters: RegExp): string {
  if (!isXmlText(text))
    throw new Failure('invalid-argument', `${JSON.stringify(text)} has characters that XML cannot carry`)
  return text.replace(characters, (character) => references[character] ?? `&#${character.charCodeAt(0)};`)
}

/** Production `Char` of XML 1.0; lone surrogates and most control characters are not in it. */
function isXmlText(text: string): boolean {
  return /^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]*$/u.test(text)
}
