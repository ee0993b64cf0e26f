import { randomUUID } from 'node:crypto'
import { Failure } from '../../../../shared/failure.ts'
import type { ContentKind } from '../../../../shared/files.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import type { FileFacts, FileSystem, FolderEntry, NodeRef } from '../guest.ts'
import { nameFromBytes, nameToBytes } from '../names.ts'
import { factsIn } from './facts.ts'
import { Guestfish, quoted } from './guestfish.ts'
import { readIn } from './pieces.ts'

const entriesAtOnce = 200

/** What one of btrfs's volumes shows is its top: its subvolumes are folders in it. */
const mounts: Partial<Record<ContentKind, string>> = { btrfs: 'mount-options ro,subvolid=5 /dev/sda /' }

/**
 * A file system as Linux mounts it inside libguestfs's small machine, which starts when something is first asked: with the volume
 * behind a layer that takes writes and is thrown away, so that a journal is replayed. What is asked then fails with `tool-missing` and
 * `volume-unsupported` where that does not start.
 */
export function openMounted(content: ContentKind, disk: ReadableDisk): FileSystem {
  return new MountedFileSystem(content, disk)
}

/** References are paths, as bytes in text. */
class MountedFileSystem implements FileSystem {
  readonly content: ContentKind
  readonly label: undefined
  readonly uuid: undefined
  readonly notes = []
  /** Linux reads ahead and keeps what it read: which bytes a listing depends on cannot be told, so no two are taken for the same. */
  readonly layout: string = randomUUID()
  readonly overlaid = []
  readonly root: NodeRef = '/'
  readonly #disk: ReadableDisk
  readonly #closed = new AbortController()
  #starting: Promise<Guestfish> | undefined

  constructor(content: ContentKind, disk: ReadableDisk) {
    this.content = content
    this.#disk = disk
  }

  async facts(ref: NodeRef, signal: AbortSignal): Promise<FileFacts> {
    const facts = await this.#stat(await this.#started(), ref, signal)
    if (facts === undefined) throw new Failure('file-not-found', `There is nothing at ${ref}`)
    return facts
  }

  async *list(ref: NodeRef, signal: AbortSignal): AsyncGenerator<readonly FolderEntry[]> {
    const { kind } = await this.facts(ref, signal)
    if (kind !== 'folder') throw new Failure('invalid-argument', `${ref} is no folder`)
    const guestfish = await this.#started()
    const names = await guestfish.ask(`ls0 ${quoted(nameToBytes(ref))} -`, signal)
    let batch: FolderEntry[] = []
    for (const name of split(names)) {
      batch.push(await this.#entry(guestfish, ref, name, signal))
      if (batch.length < entriesAtOnce) continue
      yield batch
      batch = []
    }
    if (batch.length > 0) yield batch
  }

  async find(ref: NodeRef, name: string, signal: AbortSignal): Promise<FolderEntry | undefined> {
    if (name === '' || name === '.' || name === '..' || name.includes('/')) return undefined
    const entry = await this.#entry(await this.#started(), ref, name, signal)
    return entry.facts === undefined ? undefined : entry
  }

  async open(ref: NodeRef, stream: string | undefined, signal: AbortSignal): Promise<ReadableDisk> {
    const { kind, sizeBytes } = await this.facts(ref, signal)
    if (stream !== undefined) throw new Failure('file-not-found', `${ref} has no stream ${stream}`)
    if (kind !== 'file') throw new Failure('invalid-argument', `${ref} is no file but a ${kind}`)
    const guestfish = await this.#started()
    const file = quoted(nameToBytes(ref))
    return readIn(sizeBytes, (offset, lengthBytes, reading) =>
      guestfish.ask(`pread ${file} ${lengthBytes} ${offset}`, reading),
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort(new Failure('cancelled', 'The volume was closed'))
    await (await this.#starting?.catch(() => undefined))?.[Symbol.asyncDispose]()
  }

  async #entry(guestfish: Guestfish, folder: NodeRef, name: string, signal: AbortSignal): Promise<FolderEntry> {
    const ref = folder === '/' ? `/${name}` : `${folder}/${name}`
    const facts = await this.#stat(guestfish, ref, signal)
    return facts === undefined ? { name, ref, facts, problem: 'Linux does not read it' } : { name, ref, facts }
  }

  async #stat(guestfish: Guestfish, ref: NodeRef, signal: AbortSignal): Promise<FileFacts | undefined> {
    const path = quoted(nameToBytes(ref))
    const facts = factsIn((await guestfish.ask(`lstatns ${path}`, signal)).toString('latin1'))
    if (facts?.kind !== 'link') return facts
    // Behind the target stands the end of its line.
    const target = (await guestfish.ask(`readlink ${path}`, signal)).subarray(0, -1)
    return target.length === facts.sizeBytes ? { ...facts, target: nameFromBytes(target) } : facts
  }

  #started(): Promise<Guestfish> {
    this.#starting ??= this.#start().catch((thrown) => {
      this.#starting = undefined
      throw thrown
    })
    return this.#starting
  }

  async #start(): Promise<Guestfish> {
    const guestfish = await Guestfish.start(this.#disk, this.#closed.signal)
    await using started = new AsyncDisposableStack()
    started.use(guestfish)
    await guestfish.ask(String(mounts[this.content]), this.#closed.signal, { needed: true })
    started.move()
    return guestfish
  }
}

function split(names: Buffer): readonly string[] {
  const found: string[] = []
  for (let start = 0, end = names.indexOf(0); end >= 0; start = end + 1, end = names.indexOf(0, start)) {
    const name = nameFromBytes(names.subarray(start, end))
    if (name !== '.' && name !== '..') found.push(name)
  }
  return found
}
