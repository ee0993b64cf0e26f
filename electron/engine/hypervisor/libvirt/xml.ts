import { SaxesParser } from 'saxes'
import { Failure } from '../../../../shared/failure.ts'

/** One element. Names and attributes keep their prefixes as written; comments and processing instructions are dropped. */
export type XmlElement = {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlNode[]
}
export type XmlNode = XmlElement | string

/** As long as the longest string of libvirt's protocol. */
const maxCharacters = 4 * 1024 * 1024
/** Backing chains nest in a domain's XML, and QEMU starts with up to 199 overlays. */
const maxDepth = 512
const maxNodes = 200_000
const maxAttributes = 256

/**
 * Reads a whole document into a tree, within bounds of size, depth and number. A document type, and with it every
 * entity but the five of XML itself, is refused. Fails with `host-unsupported`, naming line and column.
 */
export function parseXml(text: string): XmlElement {
  if (text.length > maxCharacters) throw unreadable(`it is ${text.length} characters long`)
  const builder = new TreeBuilder()
  const parser = new SaxesParser({ xmlns: false, defaultXMLVersion: '1.0', forceXMLVersion: true })
  parser.on('error', (error) => {
    throw unreadable(error.message)
  })
  parser.on('doctype', () => {
    throw unreadable('it has a document type, which no host sends')
  })
  parser.on('opentag', (tag) => builder.open(tag.name, new Map(Object.entries(tag.attributes))))
  parser.on('text', (part) => builder.text(part))
  parser.on('cdata', (part) => builder.text(part))
  parser.on('closetag', () => builder.close())
  parser.write(text).close()
  return builder.root()
}

/** The first child element of that name. */
export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element === undefined ? undefined : childrenOf(element, name)[0]
}

export function childrenOf(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return (element?.children ?? []).filter((child) => typeof child !== 'string').filter((child) => child.name === name)
}

/** The element's own text without white space around it; undefined when there is no element or no text. */
export function textOf(element: XmlElement | undefined): string | undefined {
  const text = element?.children
    .filter((child) => typeof child === 'string')
    .join('')
    .trim()
  return text === '' ? undefined : text
}

/** What a host wrote as the name of a machine, white space and all. */
export function exactTextOf(element: XmlElement | undefined): string | undefined {
  return element?.children.filter((child) => typeof child === 'string').join('')
}

type OpenElement = XmlElement & { readonly children: XmlNode[] }

class TreeBuilder {
  readonly #document: OpenElement = { name: '', attributes: new Map(), children: [] }
  readonly #open: OpenElement[] = [this.#document]
  #nodes = 0

  open(name: string, attributes: ReadonlyMap<string, string>): void {
    if (this.#open.length > maxDepth) throw unreadable(`it is more than ${maxDepth} elements deep`)
    if (attributes.size > maxAttributes) throw unreadable(`an element has ${attributes.size} attributes`)
    const element: OpenElement = { name, attributes, children: [] }
    this.#add(element)
    this.#open.push(element)
  }

  text(part: string): void {
    if (this.#open.length > 1) this.#add(part)
  }

  close(): void {
    this.#open.pop()
  }

  root(): XmlElement {
    const root = this.#document.children[0]
    if (root === undefined || typeof root === 'string') throw unreadable('it has no root element')
    return root
  }

  #add(node: XmlNode): void {
    this.#nodes++
    if (this.#nodes > maxNodes) throw unreadable(`it has more than ${maxNodes} nodes`)
    this.#open.at(-1)?.children.push(node)
  }
}

function unreadable(why: string): Failure {
  return new Failure('host-unsupported', `The XML cannot be read: ${why}`)
}
