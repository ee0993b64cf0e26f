import type { FileKind } from '../../../../shared/files.ts'
import type { FileFacts, GuestTime } from '../guest.ts'
import type { Item } from './errand.ts'

const newline = 10
/** Paths of 7-Zip hold at most some thousand characters; more on one line is no listing. */
const longestLine = 256 * 1024

/**
 * Takes apart what `7zz l -slt -ba` writes: lines `Key = value`, an empty one behind each entry. 7-Zip writes `_` for a line feed in
 * a name or a link's target, so that no entry can feign another.
 */
export class ListingParser {
  readonly #onItem: (item: Item) => void
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  #left: Uint8Array[] = []
  #leftBytes = 0
  #fields = new Map<string, string>()

  constructor(onItem: (item: Item) => void) {
    this.#onItem = onItem
  }

  take(bytes: Uint8Array): void {
    let start = 0
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
      this.#keep(bytes.subarray(start, end))
      this.#line(this.#decoder.decode(Buffer.concat(this.#left)))
      this.#left = []
      this.#leftBytes = 0
      start = end + 1
    }
    this.#keep(bytes.slice(start))
  }

  end(): void {
    const { path, stream, ...told } = Object.fromEntries(this.#fields)
    this.#fields = new Map()
    if (path !== undefined && stream !== '+') this.#onItem({ path, facts: factsOf(told) })
  }

  #keep(bytes: Uint8Array): void {
    this.#leftBytes += bytes.length
    if (this.#leftBytes > longestLine) throw new RangeError('a line of the listing has no end')
    this.#left.push(bytes)
  }

  #line(line: string): void {
    if (line === '') this.end()
    const at = line.indexOf(' = ')
    const key = keys[line.slice(0, at)]
    if (at < 0 || key === undefined) return
    if (key === 'path') this.end()
    if (!this.#fields.has(key)) this.#fields.set(key, line.slice(at + 3))
  }
}

const keys: Readonly<Record<string, string>> = {
  Path: 'path',
  Folder: 'folder',
  Size: 'size',
  'Packed Size': 'packed',
  Modified: 'modified',
  Created: 'created',
  Accessed: 'accessed',
  'Metadata Changed': 'changed',
  Mode: 'mode',
  'User ID': 'user',
  'Group ID': 'group',
  Links: 'links',
  'Symbolic Link': 'target',
  'Alternate Stream': 'stream',
}

type Fields = Readonly<Record<string, string | undefined>>

function factsOf(fields: Fields): FileFacts {
  const { folder, size, packed, modified, changed, accessed, created, mode, user, group, links, target } = fields
  const kind = kindOf(mode, folder, target)
  const optional = {
    allocatedBytes: numberIn(packed),
    modifiedAt: timeIn(modified),
    changedAt: timeIn(changed),
    accessedAt: timeIn(accessed),
    createdAt: timeIn(created),
    mode: mode && modeIn(mode),
    uid: numberIn(user),
    gid: numberIn(group),
    links: numberIn(links),
    target: kind === 'link' && target !== '' ? target : undefined,
  }
  const told = Object.entries(optional).filter(([, value]) => value !== undefined && value !== '')
  const sizeBytes = target ? Buffer.byteLength(target) : (numberIn(size) ?? 0)
  return { kind, sizeBytes: kind === 'folder' ? 0 : sizeBytes, ...Object.fromEntries(told) }
}

const kinds: Readonly<Record<string, FileKind>> = {
  '-': 'file',
  d: 'folder',
  l: 'link',
  c: 'char-device',
  b: 'block-device',
  p: 'pipe',
  s: 'socket',
}

function kindOf(mode: string | undefined, folder: string | undefined, target: string | undefined): FileKind {
  if (target) return 'link'
  if (folder === '+') return 'folder'
  const kind = mode ? (kinds[mode.charAt(0)] ?? 'other') : 'file'
  return kind === 'folder' ? 'other' : kind
}

/** `-rwsr-xr-t` to POSIX's bits: the letter for execution also tells set-uid, set-gid and sticky. */
function modeIn(text: string): number | undefined {
  if (!/^.(?:[r-][w-][xsStT-]){3}$/.test(text)) return undefined
  let mode = 0
  for (const [n, letter] of [...text.slice(1)].entries()) {
    if (letter !== '-' && letter !== 'S' && letter !== 'T') mode |= 0o400 >> n
    if (/[sStT]/.test(letter)) mode |= 0o4000 >> Math.floor(n / 3)
  }
  return mode
}

function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

function timeIn(text: string | undefined): GuestTime | undefined {
  const found = /^(\d{4,5}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?$/.exec(text ?? '')
  if (found === null) return undefined
  const [, day, time, fraction = ''] = found
  const ms = Date.parse(`${day}T${time}Z`)
  return Number.isNaN(ms) ? undefined : BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
}
