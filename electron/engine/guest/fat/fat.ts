import { createHash } from 'node:crypto'
import { Failure } from '../../../../shared/failure.ts'
import type { VolumeNote } from '../../../../shared/files.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import { memoryDisk } from '../../disk/memory.ts'
import { glance, readAt } from '../bytes.ts'
import type { FileFacts, FileSystem, FolderEntry, NodeRef } from '../guest.ts'
import type { Heap } from './chain.ts'
import { chainDisk } from './chain-disk.ts'
import { entryBytes, type FatEntry, needFile, needFolder, readEntry, roleOf } from './entries.ts'
import { type FolderPiece, folderPieces } from './folder.ts'
import { type NamedEntry, namedEntries } from './named-entries.ts'
import { codePage437, folded } from './names.ts'
import { type FatShape, fatShape } from './shape.ts'

const root: NodeRef = 'root'
/** FAT's folders end here: 65,536 entries. */
const longestFolderBytes = 65_536 * entryBytes

/** FAT12, FAT16 and FAT32, with long names. A reference is the place of the short entry on the volume. */
export async function openFat(disk: ReadableDisk, signal: AbortSignal): Promise<FileSystem> {
  const shape = await readShape(disk, signal)
  const tables = await readTables(disk, shape, signal)
  const heap: Heap = {
    disk,
    dataAt: shape.dataAt,
    clusterBytes: shape.clusterBytes,
    clusters: shape.clusters,
    table: { disk, at: tables.at, width: widths[shape.kind], clusters: shape.clusters },
  }
  const label = (await rootLabel({ disk, shape, heap }, signal)) ?? shape.label
  return new Fat({ disk, shape, heap }, label === 'NO NAME' ? undefined : label, tables.notes)
}

const widths = { fat12: 12, fat16: 16, fat32: 28 } as const

/** FAT32 keeps its boot sector again in sector 6. */
async function readShape(disk: ReadableDisk, signal: AbortSignal): Promise<FatShape> {
  const shape = fatShape(await glance(disk, 0, 512, signal), disk.sizeBytes)
  if (typeof shape !== 'string') return shape
  for (const sectorBytes of [512, 1024, 2048, 4096]) {
    const spare = fatShape(await glance(disk, 6 * sectorBytes, 512, signal), disk.sizeBytes)
    if (typeof spare !== 'string' && spare.kind === 'fat32' && spare.sectorBytes === sectorBytes) return spare
  }
  throw new Failure('file-system-damaged', `The boot sector describes no FAT volume: ${shape}`)
}

type Tables = { readonly at: number; readonly notes: readonly VolumeNote[] }

/**
 * The table in use: the active one where they are not mirrored, else the first whose first entry is what it must be (the medium's
 * byte, all bits above it set). The second entry's upper bits, and a bit of the boot sector, are unset while a system has it mounted.
 */
async function readTables(disk: ReadableDisk, shape: FatShape, signal: AbortSignal): Promise<Tables> {
  const heads: Buffer[] = []
  for (let table = 0; table < Math.min(shape.fats, 4); table++) {
    heads.push(await readAt(disk, shape.fatAt + table * shape.fatBytes, 8, signal))
  }
  const sound = heads.findIndex((head) => head.readUInt8(0) >= 0xf0 && head.readUInt8(1) === 0xff)
  const chosen = shape.activeFat ?? Math.max(0, sound)
  const head = await readAt(disk, shape.fatAt + chosen * shape.fatBytes, 8, signal)
  const isUnclean =
    (shape.kind === 'fat16' && (head.readUInt16LE(2) & 0x8000) === 0) ||
    (shape.kind === 'fat32' && (head.readUInt32LE(4) & 0x0800_0000) === 0) ||
    shape.isDirty
  return { at: shape.fatAt + chosen * shape.fatBytes, notes: isUnclean ? ['unclean'] : [] }
}

type Volume = { readonly disk: ReadableDisk; readonly shape: FatShape; readonly heap: Heap }

/** The root's own entry for it; systems write the new name there only. Looked for where it always is, at the beginning. */
async function rootLabel(volume: Volume, signal: AbortSignal): Promise<string | undefined> {
  const { shape, disk, heap } = volume
  const at = shape.kind === 'fat32' ? shape.dataAt + (shape.rootCluster - 2) * heap.clusterBytes : shape.rootAt
  const bytes = await glance(disk, at, shape.kind === 'fat32' ? heap.clusterBytes : shape.rootBytes, signal)
  for (let place = 0; place + entryBytes <= bytes.length; place += entryBytes) {
    const entry = bytes.subarray(place, place + entryBytes)
    if (roleOf(entry) === 'end') return undefined
    if (roleOf(entry) === 'label') return codePage437(entry.subarray(0, 11)).trimEnd() || undefined
  }
  return undefined
}

class Fat implements FileSystem {
  readonly content: FatShape['kind']
  readonly label: string | undefined
  readonly uuid: string | undefined
  readonly notes: readonly VolumeNote[]
  readonly layout: string
  readonly overlaid = []
  readonly root = root
  readonly #volume: Volume

  constructor(volume: Volume, label: string | undefined, notes: readonly VolumeNote[]) {
    const { shape, heap } = volume
    this.#volume = volume
    this.content = shape.kind
    this.label = label
    this.uuid = shape.serial
      ?.toString(16)
      .toUpperCase()
      .padStart(8, '0')
      .replace(/^(.{4})/, '$1-')
    this.notes = notes
    const { label: _, serial: __, isDirty: ___, ...kept } = shape
    this.layout = createHash('sha256')
      .update(JSON.stringify([kept, heap.table.at]))
      .digest('hex')
  }

  async facts(ref: NodeRef, signal: AbortSignal): Promise<FileFacts> {
    return ref === root ? { kind: 'folder', sizeBytes: 0 } : (await this.#entry(ref, signal)).facts
  }

  async *list(ref: NodeRef, signal: AbortSignal): AsyncGenerator<readonly FolderEntry[]> {
    for await (const batch of namedEntries(this.#pieces(ref, signal))) yield batch.map((named) => this.#listed(named))
  }

  /** By the long name or the short one; the name as it stands comes before one that differs in case. */
  async find(ref: NodeRef, name: string, signal: AbortSignal): Promise<FolderEntry | undefined> {
    const wanted = folded(name)
    let like: NamedEntry | undefined
    for await (const batch of namedEntries(this.#pieces(ref, signal))) {
      const exact = batch.find((named) => named.name === name)
      if (exact !== undefined) return this.#listed(exact)
      like ??= batch.find((named) => folded(named.name) === wanted || folded(named.short) === wanted)
    }
    return like === undefined ? undefined : this.#listed(like)
  }

  async open(ref: NodeRef, stream: string | undefined, signal: AbortSignal): Promise<ReadableDisk> {
    if (ref === root) needFile(true, stream)
    const { isFolder, cluster, sizeBytes } = await this.#entry(ref, signal)
    needFile(isFolder, stream)
    if (sizeBytes === 0) return memoryDisk(0)
    return chainDisk(this.#volume.heap, { cluster, inARow: undefined }, sizeBytes)
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  async #entry(ref: NodeRef, signal: AbortSignal): Promise<FatEntry> {
    const { disk, shape } = this.#volume
    const at = Number(ref)
    const isPlace = Number.isSafeInteger(at) && at % entryBytes === 0 && at >= shape.rootAt
    if (!isPlace || at + entryBytes > shape.sizeBytes) throw new Failure('file-not-found', `There is no entry ${ref}`)
    const entry = await readAt(disk, at, entryBytes, signal)
    if (roleOf(entry) !== 'short') throw new Failure('file-not-found', `Nothing is at ${ref} any more`)
    return readEntry(shape, entry)
  }

  #listed({ raw, at, name }: NamedEntry): FolderEntry {
    return { name, ref: String(at), facts: readEntry(this.#volume.shape, raw).facts }
  }

  async *#pieces(ref: NodeRef, signal: AbortSignal): AsyncGenerator<FolderPiece> {
    const { disk, shape, heap } = this.#volume
    if (ref === root && shape.kind !== 'fat32') {
      yield { bytes: await readAt(disk, shape.rootAt, shape.rootBytes, signal), at: shape.rootAt }
      return
    }
    const cluster = ref === root ? shape.rootCluster : await this.#folderCluster(ref, signal)
    yield* folderPieces(heap, { cluster, inARow: undefined }, longestFolderBytes, signal)
  }

  async #folderCluster(ref: NodeRef, signal: AbortSignal): Promise<number> {
    const { isFolder, cluster } = await this.#entry(ref, signal)
    needFolder(isFolder)
    return cluster
  }
}
