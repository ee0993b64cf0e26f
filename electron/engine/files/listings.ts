import type { FilePath, VolumeId } from '../../../shared/files.ts'
import type { PointId } from '../../../shared/point.ts'
import type { Clock } from '../base/clock.ts'
import { orAborted } from '../base/or-aborted.ts'
import type { FolderEntry } from '../guest/guest.ts'
import type { HeldVolume, OpenedFiles } from './opened.ts'
import { locateFolder } from './path.ts'

export type ListedFolder = { readonly pointId: PointId; readonly volumeId: VolumeId; readonly path: FilePath }

/** `next` is where the following page begins; absent when there is none. */
export type Page = { readonly entries: readonly FolderEntry[]; readonly next: number | undefined }

/** Each keeps its point open. */
const listingsKept = 8
const idleMs = 30_000

/**
 * Folders that are being paged through. A page goes on where the one before ended, without reading the folder from its start;
 * where that listing is gone, a new one is read up to there: the order of a folder never changes within a point.
 */
export class Listings implements AsyncDisposable {
  readonly #files: Pick<OpenedFiles, 'hold'>
  readonly #clock: Clock
  readonly #kept = new Set<Listing>()
  readonly #closing = new AbortController()

  constructor(files: Pick<OpenedFiles, 'hold'>, clock: Clock) {
    this.#files = files
    this.#clock = clock
  }

  /** Entries `position` to `position + limit` of a folder, fewer only at its end. Fails as `locateFolder` and listing do. */
  async page(folder: ListedFolder, position: number, limit: number, signal: AbortSignal): Promise<Page> {
    const key = JSON.stringify([folder.pointId, folder.volumeId, folder.path])
    const listing = this.#take(key, position) ?? (await this.#begin(key, folder, signal))
    try {
      while (listing.position < position && !listing.isAtEnd) {
        await listing.take(Math.min(limit, position - listing.position), signal)
      }
      const entries = await listing.take(limit, signal)
      const next = listing.isAtEnd ? undefined : listing.position
      if (next === undefined) await listing[Symbol.asyncDispose]()
      else await this.#keep(listing)
      return { entries, next }
    } catch (thrown) {
      await listing[Symbol.asyncDispose]()
      throw thrown
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort()
    await Promise.all([...this.#kept].map((listing) => this.#drop(listing)))
  }

  async #begin(key: string, { pointId, volumeId, path }: ListedFolder, signal: AbortSignal): Promise<Listing> {
    await using cleanup = new AsyncDisposableStack()
    const held = cleanup.use(await this.#files.hold(pointId, volumeId, signal))
    const folder = await locateFolder(held.fileSystem, path, signal)
    cleanup.move()
    return new Listing(key, held, (of) => held.fileSystem.list(folder, of))
  }

  /** Whoever has a listing has it alone. */
  #take(key: string, position: number): Listing | undefined {
    const listing = [...this.#kept].find((each) => each.key === key && each.position === position)
    if (listing !== undefined) this.#kept.delete(listing)
    return listing
  }

  async #keep(listing: Listing): Promise<void> {
    if (this.#closing.signal.aborted) return await listing[Symbol.asyncDispose]()
    this.#kept.add(listing)
    void this.#dropIdle(listing, listing.position)
    const [oldest] = this.#kept
    if (this.#kept.size > listingsKept && oldest !== undefined) await this.#drop(oldest)
  }

  async #dropIdle(listing: Listing, position: number): Promise<void> {
    await this.#clock.sleep(idleMs, this.#closing.signal, true).catch(() => undefined)
    if (listing.position === position) await this.#drop(listing)
  }

  async #drop(listing: Listing): Promise<void> {
    if (this.#kept.delete(listing)) await listing[Symbol.asyncDispose]()
  }
}

/** One reading of a folder from its start. It outlives the calls that ask for its pages, so it has a signal of its own. */
class Listing implements AsyncDisposable {
  readonly key: string
  readonly #held: HeldVolume
  readonly #closing = new AbortController()
  readonly #batches: AsyncIterator<readonly FolderEntry[]>
  #position = 0
  #batch: readonly FolderEntry[] = []
  #taken = 0
  #isRead = false

  constructor(key: string, held: HeldVolume, list: (signal: AbortSignal) => AsyncIterable<readonly FolderEntry[]>) {
    this.key = key
    this.#held = held
    this.#batches = list(this.#closing.signal)[Symbol.asyncIterator]()
  }

  /** Entries taken until now. */
  get position(): number {
    return this.#position
  }

  /** Known after every `take`. */
  get isAtEnd(): boolean {
    return this.#isRead && this.#taken === this.#batch.length
  }

  async take(limit: number, signal: AbortSignal): Promise<readonly FolderEntry[]> {
    const entries: FolderEntry[] = []
    await this.#fill(signal)
    while (entries.length < limit && !this.isAtEnd) {
      const piece = this.#batch.slice(this.#taken, this.#taken + limit - entries.length)
      entries.push(...piece)
      this.#taken += piece.length
      this.#position += piece.length
      await this.#fill(signal)
    }
    return entries
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort()
    await this.#batches.return?.().catch(() => undefined)
    await this.#held[Symbol.asyncDispose]()
  }

  async #fill(signal: AbortSignal): Promise<void> {
    while (this.#taken === this.#batch.length && !this.#isRead) {
      const { done, value } = await orAborted(this.#batches.next(), signal)
      this.#isRead = done === true
      this.#batch = done ? [] : value
      this.#taken = 0
    }
  }
}
