/** A value of LVM's configuration text, which lvm.conf(5) describes: numbers, strings, lists, and sections that nest. */
type Value = number | string | readonly Value[] | Section
export type Section = { readonly [name: string]: Value }

/** Sections within sections within lists: what LVM writes has five. */
const deepest = 16
const token = (): RegExp => /\s+|#[^\n]*|"(?:[^"\\]|\\[\s\S])*"|[A-Za-z0-9_.@+/-]+|[={}[\],]/y

/** Undefined for what is no such text. The names of its values are its own, never what every object has. */
export function parseText(text: string): Section | undefined {
  const tokens = tokensOf(text)
  if (tokens === undefined) return undefined
  const section = readSection(tokens, 0)
  return tokens.at === tokens.all.length ? section : undefined
}

type Tokens = { readonly all: readonly string[]; at: number }

function tokensOf(text: string): Tokens | undefined {
  const all: string[] = []
  const piece = token()
  while (piece.lastIndex < text.length) {
    const [found] = piece.exec(text) ?? []
    if (found === undefined) return undefined
    if (!/^[\s#]/.test(found)) all.push(found)
  }
  return { all, at: 0 }
}

function readSection(tokens: Tokens, depth: number): Section | undefined {
  if (depth > deepest) return undefined
  const values: Record<string, Value> = Object.create(null)
  for (let name = tokens.all[tokens.at]; name !== undefined && name !== '}'; name = tokens.all[tokens.at]) {
    const value = readNamed(tokens, depth)
    if (value === undefined) return undefined
    values[name] = value
  }
  return values
}

/** From a name on: `name = value`, or `name { … }`. */
function readNamed(tokens: Tokens, depth: number): Value | undefined {
  const sign = tokens.all[tokens.at + 1]
  tokens.at += 2
  if (sign === '=') return readValue(tokens, depth)
  if (sign !== '{') return undefined
  const section = readSection(tokens, depth + 1)
  return tokens.all[tokens.at++] === '}' ? section : undefined
}

function readValue(tokens: Tokens, depth: number): Value | undefined {
  const found = tokens.all[tokens.at++]
  if (found === undefined || depth > deepest) return undefined
  if (found === '[') return readList(tokens, depth)
  if (found.startsWith('"')) return found.slice(1, -1).replace(/\\([\s\S])/g, '$1')
  return /^[+-]?\d+(\.\d+)?$/.test(found) ? Number(found) : undefined
}

function readList(tokens: Tokens, depth: number): readonly Value[] | undefined {
  const list: Value[] = []
  while (tokens.all[tokens.at] !== ']') {
    const value = readValue(tokens, depth + 1)
    if (value === undefined) return undefined
    list.push(value)
    if (tokens.all[tokens.at] === ',') tokens.at++
  }
  tokens.at++
  return list
}

export function sectionOf(section: Section | undefined, name: string): Section | undefined {
  const value = section?.[name]
  return typeof value === 'object' && !isList(value) ? value : undefined
}

export function sectionsOf(section: Section | undefined): readonly (readonly [string, Section])[] {
  return Object.keys(section ?? {}).flatMap((name) => {
    const found = sectionOf(section, name)
    return found === undefined ? [] : [[name, found] as const]
  })
}

export function stringOf(section: Section | undefined, name: string): string | undefined {
  const value = section?.[name]
  return typeof value === 'string' ? value : undefined
}

export function numberOf(section: Section | undefined, name: string): number | undefined {
  const value = section?.[name]
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}

export function listOf(section: Section | undefined, name: string): readonly Value[] {
  const value = section?.[name]
  return value !== undefined && isList(value) ? value : []
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}
