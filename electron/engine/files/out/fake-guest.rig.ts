import { Failure } from '../../../../shared/failure.ts'
import { memoryDisk } from '../../disk/memory.ts'
import type { FileFacts, FileSystem, FolderEntry } from '../../guest/guest.ts'

/** What a test's guest holds. `ref` makes one thing appear in several places; `bad` cannot be read from this byte on. */
export type Thing =
  | {
      readonly kind: 'folder'
      readonly name: string
      readonly in: readonly Thing[]
      readonly ref?: string
      readonly facts?: Facts
      readonly broken?: true
      /** Called before it is listed. */
      readonly onList?: () => void
    }
  | {
      readonly kind: 'file'
      readonly name: string
      readonly text?: string | Uint8Array
      readonly ref?: string
      readonly facts?: Facts
      readonly bad?: true
      /** Called before each read. */
      readonly onRead?: () => void
    }
  | { readonly kind: 'link'; readonly name: string; readonly target: string | undefined; readonly facts?: Facts }
  | { readonly kind: 'unknown'; readonly name: string }
  | {
      readonly kind: 'char-device' | 'block-device' | 'pipe' | 'socket' | 'other'
      readonly name: string
      readonly facts?: Facts
    }
  | { readonly kind: 'again'; readonly name: string; readonly ref: string }

type Facts = Partial<FileFacts>

type Node = { readonly thing: Thing; readonly facts: FileFacts | undefined; readonly entries: readonly FolderEntry[] }

/** A guest's file system that holds exactly these, however impossible; it checks nothing and cleans nothing. */
export function fakeGuest(things: readonly Thing[], rootRef = 'root'): FileSystem {
  const nodes = new Map<string, Node>()
  let last = 0
  const add = (thing: Thing): FolderEntry => {
    if (thing.kind === 'again')
      return {
        name: thing.name,
        ref: thing.ref,
        get facts() {
          return nodes.get(thing.ref)?.facts
        },
      }
    const ref = ('ref' in thing ? thing.ref : undefined) ?? `n${++last}`
    const facts = factsOf(thing)
    const entries: FolderEntry[] = []
    nodes.set(ref, { thing, facts, entries })
    if (thing.kind === 'folder') entries.push(...thing.in.map(add))
    return facts === undefined
      ? { name: thing.name, ref, facts, problem: 'The record is damaged' }
      : { name: thing.name, ref, facts }
  }
  add({ kind: 'folder', name: '', ref: rootRef, in: things })
  const need = (ref: string): Node => {
    const node = nodes.get(ref)
    if (node === undefined) throw new Failure('file-not-found', `Nothing is ${ref}`)
    return node
  }
  return {
    content: 'ext4',
    label: undefined,
    uuid: undefined,
    notes: [],
    layout: 'fake',
    overlaid: [],
    root: rootRef,
    async facts(ref) {
      const { facts } = need(ref)
      if (facts === undefined) throw new Failure('file-system-damaged', 'The record is damaged')
      return facts
    },
    async *list(ref) {
      const { thing, entries } = need(ref)
      if (thing.kind === 'folder') thing.onList?.()
      yield entries.slice(0, 3)
      if (thing.kind === 'folder' && thing.broken) throw new Failure('file-system-damaged', 'The list ends here')
      if (entries.length > 3) yield entries.slice(3)
    },
    async find(ref, name) {
      return need(ref).entries.find((entry) => entry.name === name)
    },
    async open(ref, _stream, signal) {
      const { thing, facts } = need(ref)
      if (thing.kind !== 'file') throw new Failure('invalid-argument', 'No file')
      const bytes = Buffer.from(thing.text ?? '')
      const said = facts?.sizeBytes ?? bytes.length
      const disk = memoryDisk(
        Number.isSafeInteger(said) ? Math.max(said, bytes.length) : bytes.length,
        ({ kind, offset, lengthBytes }) => {
          if (kind === 'read') thing.onRead?.()
          if (thing.bad && kind === 'read' && offset + lengthBytes > bytes.length >> 1)
            throw new Failure('file-system-damaged', 'A bad block')
        },
      )
      if (bytes.length > 0) await disk.write(0, bytes, signal)
      return { ...disk, sizeBytes: said }
    },
    async [Symbol.asyncDispose]() {},
  }
}

function factsOf(thing: Thing): FileFacts | undefined {
  if (thing.kind === 'unknown' || thing.kind === 'again') return undefined
  const own = thing.facts ?? {}
  const sizeBytes = thing.kind === 'file' ? Buffer.byteLength(thing.text ?? '') : 0
  const target = thing.kind === 'link' && thing.target !== undefined ? { target: thing.target } : {}
  return { kind: thing.kind, sizeBytes, mode: 0o644, modifiedAt: 1_700_000_000_123_456_789n, ...target, ...own }
}
