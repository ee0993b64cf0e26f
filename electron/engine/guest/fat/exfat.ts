import { createHash } from 'node:crypto'
import { Failure } from '../../../../shared/failure.ts'
import type { VolumeNote } from '../../../../shared/files.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import { memoryDisk } from '../../disk/memory.ts'
import type { FileFacts, FileSystem, FolderEntry, NodeRef } from '../guest.ts'
import type { Heap, Start } from './chain.ts'
import { chainDisk } from './chain-disk.ts'
import { entryBytes, needFile, needFolder } from './entries.ts'
import { type ExfatShape, readBoot } from './exfat-boot.ts'
import { type ExfatEntry, entryType, nameLeft, readSet, setLength } from './exfat-entries.ts'
import { folderPieces } from './folder.ts'
import { readUpcase, type Upcase, upcased } from './upcase.ts'

const longestFolderBytes = 256 * 1024 * 1024
/** The label and the tables are the first entries of the root; a system that mounts it looks for them there too. */
const rootLookEntries = 4096

/** exFAT. A reference names the folder's own clusters and the place of the set in it: `5:96`, `5+3:96` for three in a row. */
export async function openExfat(disk: ReadableDisk, signal: AbortSignal): Promise<FileSystem> {
  const shape = await readBoot(disk, signal)
  const { fatAt: at, clusters, clusterBytes, dataAt } = shape
  const heap: Heap = { disk, dataAt, clusterBytes, clusters, table: { disk, at, width: 32, clusters } }
  const start: Start = { cluster: shape.rootCluster, inARow: undefined }
  return new Exfat(heap, shape, start, await readRoot(heap, start, signal))
}

type Root = { readonly label: string | undefined; readonly upcase: Upcase; readonly upcaseSum: number }

async function readRoot(heap: Heap, start: Start, signal: AbortSignal): Promise<Root> {
  let label: string | undefined
  let seen = 0
  for await (const batch of entriesIn(heap, start, signal)) {
    const upcase = batch.find(({ entry }) => entry[0] === entryType.upcase)?.entry
    const named = batch.find(({ entry }) => entry[0] === entryType.label)?.entry
    if (named !== undefined) label = named.toString('utf16le', 2, 2 + Math.min(named.readUInt8(1), 11) * 2)
    if (upcase !== undefined) return { label: label || undefined, ...(await readTable(heap, upcase, signal)) }
    seen += batch.length
    if (seen >= rootLookEntries) break
  }
  throw new Failure('file-system-damaged', 'The volume has no table of capital letters')
}

async function readTable(heap: Heap, entry: Buffer, signal: AbortSignal): Promise<Omit<Root, 'label'>> {
  const upcaseSum = entry.readUInt32LE(4)
  const place = { cluster: entry.readUInt32LE(20), inARow: undefined }
  await using table = chainDisk(heap, place, Number(entry.readBigUInt64LE(24)))
  return { upcase: await readUpcase(table, upcaseSum, signal), upcaseSum }
}

type Placed = { readonly entry: Buffer; readonly at: number }

/** The entries of a folder up to the end that it tells, piece by piece; `at` counts in the folder. */
async function* entriesIn(heap: Heap, start: Start, signal: AbortSignal): AsyncGenerator<readonly Placed[]> {
  let at = 0
  for await (const { bytes } of folderPieces(heap, start, longestFolderBytes, signal)) {
    const batch: Placed[] = []
    for (let place = 0; place < bytes.length && bytes[place] !== entryType.end; place += entryBytes, at += entryBytes) {
      batch.push({ entry: bytes.subarray(place, place + entryBytes), at })
    }
    yield batch
    if (batch.length * entryBytes < bytes.length) return
  }
}

/** Entries as they come, put together to sets. A set that another one begins within is none. */
class Sets {
  #parts: Buffer[] = []
  #first = 0
  #missing = 0

  /** The set that this entry completes. */
  add({ entry, at }: Placed): Placed | undefined {
    const type = entry.readUInt8(0)
    if (type === entryType.file) {
      this.#parts = [entry]
      this.#first = at
      this.#missing = setLength(entry) - 1
      return undefined
    }
    if (this.#missing <= 0) return undefined
    this.#parts.push(entry)
    this.#missing = type >= entryType.stream ? this.#missing - 1 : 0
    const isWhole = this.#missing === 0 && type >= entryType.stream
    return isWhole ? { entry: Buffer.concat(this.#parts), at: this.#first } : undefined
  }
}

class Exfat implements FileSystem {
  readonly content = 'exfat'
  readonly label: string | undefined
  readonly uuid: string
  readonly notes: readonly VolumeNote[]
  readonly layout: string
  readonly overlaid = []
  readonly root = 'root'
  readonly #heap: Heap
  readonly #start: Start
  readonly #upcase: Upcase

  constructor(heap: Heap, shape: ExfatShape, start: Start, root: Root) {
    this.#heap = heap
    this.#start = start
    this.#upcase = root.upcase
    this.label = root.label
    this.uuid = shape.serial
      .toString(16)
      .toUpperCase()
      .padStart(8, '0')
      .replace(/^(.{4})/, '$1-')
    this.notes = shape.isDirty ? ['unclean'] : []
    const { serial: _, isDirty: __, ...kept } = shape
    this.layout = createHash('sha256')
      .update(JSON.stringify([kept, root.upcaseSum]))
      .digest('hex')
  }

  async facts(ref: NodeRef, signal: AbortSignal): Promise<FileFacts> {
    return ref === this.root ? { kind: 'folder', sizeBytes: 0 } : (await this.#entry(ref, signal)).facts
  }

  async *list(ref: NodeRef, signal: AbortSignal): AsyncGenerator<readonly FolderEntry[]> {
    const start = await this.#folder(ref, signal)
    if (start === undefined) return
    const sets = new Sets()
    for await (const batch of entriesIn(this.#heap, start, signal)) {
      const whole = batch.map((placed) => sets.add(placed)).filter((set) => set !== undefined)
      if (whole.length > 0) yield whole.map(({ entry, at }) => this.#listed(entry, `${textOf(start)}:${at}`))
    }
  }

  async find(ref: NodeRef, name: string, signal: AbortSignal): Promise<FolderEntry | undefined> {
    const wanted = upcased(name, this.#upcase)
    let like: FolderEntry | undefined
    for await (const batch of this.list(ref, signal)) {
      for (const entry of batch) {
        if (entry.name === name) return entry
        if (upcased(entry.name, this.#upcase) === wanted) like ??= entry
      }
    }
    return like
  }

  async open(ref: NodeRef, stream: string | undefined, signal: AbortSignal): Promise<ReadableDisk> {
    if (ref === this.root) needFile(true, stream)
    const { isFolder, start, sizeBytes, validBytes } = await this.#entry(ref, signal)
    needFile(isFolder, stream)
    if (start === undefined) return memoryDisk(sizeBytes)
    return chainDisk(this.#heap, start, sizeBytes, validBytes)
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #listed(set: Buffer, ref: NodeRef): FolderEntry {
    const entry = readSet(set, this.#heap.clusterBytes)
    if (typeof entry !== 'string') return { name: entry.name, ref, facts: entry.facts }
    return { name: nameLeft(set) || `entry ${ref}`, ref, facts: undefined, problem: entry }
  }

  async #folder(ref: NodeRef, signal: AbortSignal): Promise<Start | undefined> {
    if (ref === this.root) return this.#start
    const { isFolder, start } = await this.#entry(ref, signal)
    needFolder(isFolder)
    return start
  }

  async #entry(ref: NodeRef, signal: AbortSignal): Promise<ExfatEntry> {
    const place = placeOf(ref)
    if (place === undefined) throw new Failure('file-not-found', `There is no entry ${ref}`)
    const found = await setAt(this.#heap, place.start, place.at, signal)
    if (found === undefined) throw new Failure('file-not-found', `Nothing is at ${ref} any more`)
    const entry = readSet(found, this.#heap.clusterBytes)
    if (typeof entry === 'string') throw new Failure('file-system-damaged', `The entry ${ref} cannot be read: ${entry}`)
    return entry
  }
}

/** The set that begins at this place of the folder, read without what stands before it. */
async function setAt(heap: Heap, start: Start, at: number, signal: AbortSignal): Promise<Buffer | undefined> {
  if (at + 3 * entryBytes > longestFolderBytes) return undefined
  const most = start.inARow === undefined ? heap.clusters : start.inARow
  const lengthBytes = Math.min(most * heap.clusterBytes, at + 19 * entryBytes)
  await using folder = chainDisk(heap, start, lengthBytes)
  if (at + entryBytes > lengthBytes) return undefined
  const file = Buffer.alloc(entryBytes)
  await folder.read(at, file, signal)
  const entries = setLength(file)
  if (file.readUInt8(0) !== entryType.file || entries === 0 || at + entries * entryBytes > lengthBytes) return undefined
  const set = Buffer.alloc(entries * entryBytes)
  await folder.read(at, set, signal)
  return set
}

function textOf({ cluster, inARow }: Start): string {
  return inARow === undefined ? String(cluster) : `${cluster}+${inARow}`
}

function placeOf(ref: NodeRef): { readonly start: Start; readonly at: number } | undefined {
  const [, cluster, inARow, at] = /^(\d{1,10})(?:\+(\d{1,10}))?:(\d{1,10})$/.exec(ref) ?? []
  if (cluster === undefined || at === undefined || Number(at) % entryBytes !== 0) return undefined
  return {
    start: { cluster: Number(cluster), inARow: inARow === undefined ? undefined : Number(inARow) },
    at: Number(at),
  }
}
