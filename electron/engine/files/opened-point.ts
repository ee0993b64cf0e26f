import { Failure, type FailureCode } from '../../../shared/failure.ts'
import type { Volume, VolumeId, VolumeRefusal } from '../../../shared/files.ts'
import { cachedDisk } from '../disk/cached-disk.ts'
import type { ReadableDisk } from '../disk/disk.ts'
import type { FileSystem } from '../guest/guest.ts'
import type { FoundVolume, NamedDisk } from '../guest/volumes/volumes.ts'

/** The disks of one point; disposing closes them. */
export type PointDisks = AsyncDisposable & {
  readonly disks: readonly NamedDisk[]
  /** False when what they are read from was closed: they are to be opened anew. */
  isCurrent(): boolean
}

/** What is known of guests' disks: how they are cut, and who reads a piece. */
export type Guests = {
  findVolumes(disks: readonly NamedDisk[], signal: AbortSignal): Promise<readonly FoundVolume[]>
  openFound(found: FoundVolume, signal: AbortSignal): Promise<FileSystem>
  /** What lies behind a volume's encryption. Fails with `passphrase-wrong`, `tool-missing`, `volume-unsupported`. */
  unlock?(disk: ReadableDisk, passphrase: string, signal: AbortSignal): Promise<ReadableDisk>
}

export type OpenedVolume = { readonly volume: Volume; readonly fileSystem: FileSystem }

/** With where the volume lies (`FoundVolume`) and its own bytes, of which reads are told as well. */
export type TracedVolume = OpenedVolume & { readonly place: string; readonly disk: ReadableDisk | undefined }

/** A range of a disk that was read, `[start, end)`. */
export type OnDiskRead = (disk: string, start: number, end: number) => void

/**
 * The volumes of one point, found once, and their readers, each opened when it is first wanted. Several may wait for one
 * opening, so no caller's signal ends it: `closing` does.
 */
export class OpenedPoint implements AsyncDisposable {
  readonly #guests: Guests
  readonly #disks: PointDisks
  readonly #closing: AbortSignal
  readonly #opened = new Map<VolumeId, Promise<OpenedVolume>>()
  /** Disposed before the disks below them, behind the readers above them. */
  readonly #unlocked = new AsyncDisposableStack()
  #found: Promise<readonly FoundVolume[]> | undefined

  constructor(guests: Guests, disks: PointDisks, closing: AbortSignal) {
    this.#guests = guests
    this.#disks = disks
    this.#closing = closing
  }

  get isCurrent(): boolean {
    return this.#disks.isCurrent()
  }

  /** With what their readers learned when they opened; a volume whose reader refuses it says so. */
  async volumes(): Promise<readonly Volume[]> {
    return Promise.all((await this.#find()).map((found) => this.#told(found)))
  }

  /** Fails with `volume-not-found`, with `volume-locked` or `volume-unsupported` where nobody reads it, and as its reader does. */
  async volume(id: VolumeId): Promise<OpenedVolume> {
    return this.#open(needReadable(await this.#find(), id))
  }

  /**
   * Opens what lies behind a volume's encryption for as long as this point is open; its volumes take the place of the locked one.
   * Fails with `volume-not-found`, `invalid-argument` when it is not locked, `passphrase-wrong`, `tool-missing`.
   */
  async unlock(id: VolumeId, passphrase: string, signal: AbortSignal): Promise<void> {
    const locked = (await this.#find()).find(({ volume }) => volume.id === id)
    if (locked === undefined) throw new Failure('volume-not-found', `No disk of this point has a volume ${id}`)
    const { content, refusal, disks, kind } = locked.volume
    if (refusal !== 'encrypted') throw new Failure('invalid-argument', `${id} is not locked`)
    if (content !== 'luks' || locked.disk === undefined || this.#guests.unlock === undefined) {
      throw new Failure('volume-unsupported', `Nobody opens ${id} (${content})`)
    }
    await using cleanup = new AsyncDisposableStack()
    const disk = cleanup.use(await this.#guests.unlock(locked.disk, passphrase, signal))
    const inner = await this.#guests.findVolumes([{ name: id, disk: cachedDisk(disk) }], signal)
    const found = (await this.#find()).flatMap((each) =>
      each.volume.id === id ? inner.map((one) => within(one, id, kind, disks)) : [each],
    )
    this.#found = Promise.resolve(found)
    this.#unlocked.use(cleanup.move())
  }

  /**
   * Works with a reader of its own, whose every read of a disk is told from when it is open: what opening it learned is
   * its `layout`. Nothing is cached above what tells.
   */
  async trace<T>(
    id: VolumeId,
    onRead: OnDiskRead,
    signal: AbortSignal,
    work: (traced: TracedVolume) => Promise<T>,
  ): Promise<T> {
    let isOpen = false
    const tell: OnDiskRead = (disk, start, end) => {
      if (isOpen) onRead(disk, start, end)
    }
    const disks = this.#disks.disks.map(({ name, disk }) => ({ name, disk: traced(name, disk, tell) }))
    const found = needReadable(await this.#guests.findVolumes(disks, signal), id)
    await using fileSystem = await this.#guests.openFound(found, signal)
    isOpen = true
    const { disk, place } = found
    return await work({ volume: withFacts(found.volume, fileSystem), fileSystem, disk, place })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await using cleanup = new AsyncDisposableStack()
    cleanup.use(this.#disks)
    cleanup.use(this.#unlocked)
    for (const opened of await Promise.allSettled(this.#opened.values())) {
      if (opened.status === 'fulfilled') cleanup.use(opened.value.fileSystem)
    }
  }

  #find(): Promise<readonly FoundVolume[]> {
    this.#found ??= this.#guests.findVolumes(this.#disks.disks, this.#closing).catch((thrown) => {
      this.#found = undefined
      throw thrown
    })
    return this.#found
  }

  #open(found: FoundVolume): Promise<OpenedVolume> {
    const { id } = found.volume
    const known = this.#opened.get(id)
    if (known !== undefined) return known
    const opening = this.#guests
      .openFound(found, this.#closing)
      .then((fileSystem) => ({ volume: withFacts(found.volume, fileSystem), fileSystem }))
    this.#opened.set(id, opening)
    opening.catch(() => this.#opened.delete(id))
    return opening
  }

  async #told(found: FoundVolume): Promise<Volume> {
    if (found.volume.reader === undefined) return found.volume
    try {
      return (await this.#open(found)).volume
    } catch (thrown) {
      const refusal = thrown instanceof Failure ? refusals[thrown.code] : undefined
      if (!(thrown instanceof Failure) || refusal === undefined) throw thrown
      const { reader: _, ...volume } = found.volume
      return { ...volume, refusal, told: thrown.message }
    }
  }
}

/**
 * Failures that are about one volume: what its reader says, and objects that the repository has lost. The other volumes may well be
 * whole. All other failures are about reaching the point.
 */
const refusals: Partial<Readonly<Record<FailureCode, VolumeRefusal>>> = {
  'object-damaged': 'damaged',
  'object-missing': 'damaged',
  'pack-missing': 'damaged',
  'file-system-damaged': 'damaged',
  'volume-unsupported': 'feature-unknown',
  'volume-locked': 'encrypted',
}

/** A volume of the plain disk, as one of the point: told with the disks on which the locked one lies. */
function within(found: FoundVolume, id: VolumeId, kind: Volume['kind'], disks: readonly string[]): FoundVolume {
  const isWhole = found.volume.id === id
  return { ...found, volume: { ...found.volume, disks: [...disks], ...(isWhole ? { kind } : {}) } }
}

function needReadable(found: readonly FoundVolume[], id: VolumeId): FoundVolume {
  const one = found.find(({ volume }) => volume.id === id)
  if (one === undefined) throw new Failure('volume-not-found', `No disk of this point has a volume ${id}`)
  const { reader, refusal, told, content } = one.volume
  if (reader !== undefined) return one
  const code = refusal === 'encrypted' ? 'volume-locked' : 'volume-unsupported'
  throw new Failure(code, `${id} (${content}) is read by nobody: ${told ?? refusal ?? 'unknown'}`)
}

function withFacts(volume: Volume, { label, uuid, notes }: FileSystem): Volume {
  return {
    ...volume,
    ...(label === undefined ? {} : { label }),
    ...(uuid === undefined ? {} : { uuid }),
    notes: [...new Set([...volume.notes, ...notes])],
  }
}

function traced(name: string, disk: ReadableDisk, onRead: OnDiskRead): ReadableDisk {
  return {
    sizeBytes: disk.sizeBytes,
    read(offset, into, signal) {
      onRead(name, offset, offset + into.length)
      return disk.read(offset, into, signal)
    },
    allocated: (signal) => disk.allocated(signal),
    async [Symbol.asyncDispose]() {},
  }
}
