import { createHash, type Hash } from 'node:crypto'
import { Failure } from '../../../../shared/failure.ts'
import type { ContentKind, VolumeNote } from '../../../../shared/files.ts'
import { MiB } from '../../../../shared/units.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import type { FileFacts, FileSystem, FolderEntry, NodeRef, OpenFileSystem } from '../guest.ts'
import { nameFromBytes } from '../names.ts'
import { Content, type Extract } from './content.ts'
import type { Exit } from './errand.ts'
import { SevenZipThread } from './thread.ts'
import { problemOf, Tree } from './tree.ts'

/** What 7-Zip calls the formats that it reads for us. */
const formats: Partial<Record<ContentKind, string>> = {
  apfs: 'apfs',
  'hfs-plus': 'hfs',
  iso9660: 'iso',
  udf: 'udf',
  squashfs: 'squashfs',
}

const entriesAtOnce = 2000
/** Targets of links are asked for while opening; longer ones are none (Linux's PATH_MAX), more bytes in all would be no links. */
const longestTargetBytes = 4096
const mostTargetBytes = 32 * MiB

/**
 * A reader of what 7-Zip reads: everything is listed at once, and a file is unpacked whole when somebody reads it. Fails with
 * `file-system-damaged`, and with `volume-unsupported` where there are too many files to hold a list of them.
 */
export function sevenZip(content: ContentKind, waitMs?: number): OpenFileSystem | undefined {
  const format = formats[content]
  if (format === undefined) return undefined
  return async (disk, signal) => {
    await using cleanup = new AsyncDisposableStack()
    const thread = cleanup.use(new SevenZipThread(disk, format, waitMs))
    const { tree, layout, notes } = await list(thread, signal)
    await learnTargets(thread, tree, signal)
    cleanup.move()
    return new SevenZipFileSystem(content, thread, tree, layout, notes)
  }
}

async function list(thread: SevenZipThread, signal: AbortSignal) {
  const tree = new Tree()
  const hash = createHash('sha256')
  const take = (told: { readonly kind: string; readonly items?: readonly Parameters<Tree['add']>[0][] }): void => {
    for (const item of told.items ?? []) {
      tree.add(item)
      digest(hash, item.path, item.facts)
    }
  }
  const { exitCode, told } = await thread.run({ kind: 'list' }, take, signal)
  const isEmpty = tree.nodes().length === 1
  if (exitCode > 1 && isEmpty) throw new Failure('file-system-damaged', `7-Zip does not open it: ${told.trim()}`)
  const notes: readonly VolumeNote[] = exitCode > 1 || tree.leftOut > 0 ? ['partly-damaged'] : []
  return { tree, layout: hash.digest('hex'), notes }
}

/** All that a listing shows comes of what was listed when opening, so that is the layout. */
function digest(hash: Hash, path: string, facts: FileFacts): void {
  const text = JSON.stringify([path, facts], (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))
  hash.update(text)
}

/** Where 7-Zip tells a link's target as its content only. What does not come to a good end stays untold. */
async function learnTargets(thread: SevenZipThread, tree: Tree, signal: AbortSignal): Promise<void> {
  const links = tree.nodes().filter((node) => {
    const { kind, target, sizeBytes } = node.facts
    const isUntold = kind === 'link' && target === undefined && problemOf(node) === undefined
    return isUntold && isPlain(node.path) && sizeBytes > 0 && sizeBytes <= longestTargetBytes
  })
  const wanted = links.reduce((sum, { facts }) => sum + facts.sizeBytes, 0)
  if (links.length === 0 || wanted > mostTargetBytes) return
  const pieces: Uint8Array[] = []
  let come = 0
  const take = (told: { readonly kind: string; readonly bytes?: Uint8Array }): void => {
    come += told.bytes?.length ?? 0
    if (told.bytes !== undefined && come <= wanted) pieces.push(told.bytes)
  }
  const paths = links.map(({ path }) => path)
  const { exitCode } = await thread.run({ kind: 'extract', paths, wild: false }, take, signal)
  if (exitCode !== 0 || come !== wanted) return
  const bytes = Buffer.concat(pieces)
  let at = 0
  for (const link of links) {
    const { sizeBytes } = link.facts
    link.facts = { ...link.facts, target: nameFromBytes(bytes.subarray(at, at + sizeBytes)) }
    at += sizeBytes
  }
}

/**
 * Whether 7-Zip knows an entry by the path that it told: it writes `_` for a line feed and U+FFFD for bytes that are no UTF-8, and
 * takes the list in which paths are told to it apart at other control characters.
 */
function isPlain(path: string): boolean {
  return !odd.test(path)
}

const odd = /[_\ufffd\p{Cc}]/u
const everyOdd = /[_\ufffd\p{Cc}]/gu

class SevenZipFileSystem implements FileSystem {
  readonly content: ContentKind
  readonly label: string | undefined
  readonly uuid: undefined
  readonly notes: readonly VolumeNote[]
  readonly layout: string
  readonly overlaid = []
  readonly root: NodeRef
  readonly #thread: SevenZipThread
  readonly #tree: Tree

  constructor(content: ContentKind, thread: SevenZipThread, tree: Tree, layout: string, notes: readonly VolumeNote[]) {
    this.content = content
    this.#thread = thread
    this.#tree = tree
    this.layout = layout
    this.notes = notes
    const top = content === 'hfs-plus' ? onlyFolder(tree) : undefined
    this.root = top?.ref ?? '0'
    this.label = top?.name
  }

  async facts(ref: NodeRef): Promise<FileFacts> {
    const node = this.#tree.node(ref)
    const problem = problemOf(node)
    if (problem !== undefined) throw new Failure('file-system-damaged', problem)
    return node.facts
  }

  async *list(ref: NodeRef, signal: AbortSignal): AsyncGenerator<readonly FolderEntry[]> {
    if (this.#tree.node(ref).facts.kind !== 'folder') throw new Failure('invalid-argument', `${ref} is no folder`)
    let batch: FolderEntry[] = []
    for (const place of this.#tree.children(ref).values()) {
      batch.push(this.#tree.entry(place))
      if (batch.length < entriesAtOnce) continue
      signal.throwIfAborted()
      yield batch
      batch = []
    }
    if (batch.length > 0) yield batch
  }

  async find(ref: NodeRef, name: string): Promise<FolderEntry | undefined> {
    const children = this.#tree.children(ref)
    const place = children.get(name) ?? (this.content === 'hfs-plus' ? onlyAlike(children, name) : undefined)
    return place === undefined ? undefined : this.#tree.entry(place)
  }

  async open(ref: NodeRef, stream: string | undefined): Promise<ReadableDisk> {
    const facts = await this.facts(ref)
    if (stream !== undefined) throw new Failure('file-not-found', `${ref} has no stream ${stream}`)
    if (facts.kind !== 'file') throw new Failure('invalid-argument', `${ref} is no file but a ${facts.kind}`)
    return new Content(facts.sizeBytes, this.#extract(this.#tree.node(ref).path))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#thread[Symbol.asyncDispose]()
  }

  #extract(path: string): Extract {
    return async (take, signal) => {
      let come = 0
      const run = (asked: string, wild: boolean): Promise<Exit> =>
        this.#thread.run(
          { kind: 'extract', paths: [asked], wild },
          (told) => {
            if (told.kind !== 'bytes') return
            come += told.bytes.length
            return take(told.bytes)
          },
          signal,
        )
      if (!/\p{Cc}/u.test(path)) {
        const exit = await run(path, false)
        if (come > 0 || exit.exitCode !== 0 || isPlain(path)) return exit
      }
      return await run(this.#wildcard(path), true)
    }
  }

  /** A path that 7-Zip does not know as it told it, with `?` for what may be something else; it must fit no other. */
  #wildcard(path: string): string {
    const letters = [...path]
    const fits = (other: string): boolean => {
      const theirs = [...other]
      return theirs.length === letters.length && letters.every((one, n) => one === theirs[n] || odd.test(one))
    }
    const found = this.#tree.nodes().filter((node) => fits(node.path))
    if (found.length !== 1 || /[*?]/.test(path)) {
      throw new Failure('volume-unsupported', '7-Zip cannot be asked for a file of this name')
    }
    return path.replaceAll(everyOdd, '?')
  }
}

/** HFS+ takes names for the same that differ in case or composition; where two fit, it has been told to keep them apart (HFSX). */
function onlyAlike(children: ReadonlyMap<string, number>, name: string): number | undefined {
  const wanted = alike(name)
  const [found, ...others] = [...children].filter(([each]) => alike(each) === wanted)
  return others.length === 0 ? found?.[1] : undefined
}

function alike(name: string): string {
  return name.normalize('NFD').toLowerCase()
}

/** The file system's own name, as 7-Zip tells HFS+: the folder in which everything lies. */
function onlyFolder(tree: Tree): FolderEntry | undefined {
  const [first, ...others] = tree.children('0').values()
  const entry = first === undefined || others.length > 0 ? undefined : tree.entry(first)
  return entry?.facts?.kind === 'folder' ? entry : undefined
}
